"""The client's network side: signalling, the two peer connections, and the guard that keeps them up."""
