using System.Buffers.Text;
using System.Net.Sockets;

namespace Concert.Bench.Accepts;

/// <summary>An answer: the status, and the bytes of the body as they were on the wire.</summary>
internal readonly record struct Answer(int Status, long Bytes);

/// <summary>Reads one answer after the other off a connection, of whatever length, and looks only at where it ends.</summary>
internal sealed class AnswerReader(Socket socket)
{
    private readonly byte[] _buffer = new byte[256 * 1024];
    private int _start;
    private int _end;

    private ReadOnlySpan<byte> Unread => _buffer.AsSpan(_start, _end - _start);

    /// <summary>Reads one whole answer.</summary>
    public async ValueTask<Answer> ReadAsync()
    {
        int headers;
        while ((headers = Unread.IndexOf("\r\n\r\n"u8)) < 0)
        {
            await FillAsync();
        }

        var (status, length) = Head(Unread[..headers]);
        _start += headers + 4;
        if (length is { } known)
        {
            await SkipAsync(known);
            return new Answer(status, known);
        }

        var bytes = 0L;
        while (await ChunkAsync() is > 0 and var chunk)
        {
            await SkipAsync(chunk + 2);
            bytes += chunk;
        }

        await SkipAsync(2);
        return new Answer(status, bytes);
    }

    /// <summary>The status, and the length of the body; null when it comes in chunks.</summary>
    private static (int Status, long? Length) Head(ReadOnlySpan<byte> headers)
    {
        _ = Utf8Parser.TryParse(headers.Slice(9, 3), out int status, out _);
        var at = headers.IndexOf("Content-Length: "u8);
        return at >= 0 && Utf8Parser.TryParse(headers[(at + 16)..], out long length, out _) ? (status, length)
            : status == StatusCodes.Status304NotModified ? (status, 0)
            : headers.IndexOf("Transfer-Encoding: chunked"u8) >= 0 ? (status, null)
            : throw new IOException("The answer has no length.");
    }

    /// <summary>The length of the next chunk.</summary>
    private async ValueTask<int> ChunkAsync()
    {
        int line;
        while ((line = Unread.IndexOf("\r\n"u8)) < 0)
        {
            await FillAsync();
        }

        if (!Utf8Parser.TryParse(Unread[..line], out int length, out _, 'x'))
        {
            throw new IOException("The answer has a chunk without a length.");
        }

        _start += line + 2;
        return length;
    }

    private async ValueTask SkipAsync(long count)
    {
        while (count > _end - _start)
        {
            count -= _end - _start;
            _start = _end;
            await FillAsync();
        }

        _start += (int)count;
    }

    private async ValueTask FillAsync()
    {
        // What is left of a line or of the headers is small; moving it to the front costs less than a ring.
        Unread.CopyTo(_buffer);
        (_start, _end) = (0, _end - _start);
        var read = await socket.ReceiveAsync(_buffer.AsMemory(_end));
        _end += read > 0 ? read : throw new IOException("The server hung up.");
    }
}
