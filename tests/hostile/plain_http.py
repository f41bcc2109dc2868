"""HTTP byte by byte: a client that mends nothing of what a test wants said."""

import asyncio


async def http(port, path, *, method="GET", token="", body=b"", headers=()):
    """The answer to a request whose path goes out as it is: (status, the whole answer); status 0: closed unanswered."""
    lines = [f"{method} ".encode() + (path if isinstance(path, bytes) else path.encode()) + b" HTTP/1.1"]
    lines += [f"Host: 127.0.0.1:{port}".encode(), b"Connection: close", f"Content-Length: {len(body)}".encode()]
    lines += [f"Authorization: Bearer {token}".encode()] if token else []
    lines += [line.encode() for line in headers]
    return await said(port, b"\r\n".join(lines) + b"\r\n\r\n" + body)


async def said(port, octets, *, within_s=10.0):
    """What a server answers to these bytes, until it closes: (status, everything)."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    try:
        writer.write(octets)
        async with asyncio.timeout(within_s):
            try:
                answer = await reader.read(2**22)
                while more := await reader.read(2**22):
                    answer += more
            except ConnectionError:
                answer = b""
    finally:
        writer.close()
    status = answer.split(b" ", 2)[1] if answer.startswith(b"HTTP/1.1 ") else b"0"
    return int(status), answer
