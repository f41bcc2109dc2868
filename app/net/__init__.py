"""The client's way to the network: signalling, the two peer connections, and the guard that keeps them standing."""
