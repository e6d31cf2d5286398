using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Concert.Resilience.Tests.Abuse.Support;

/// <summary>One socket to the server and a strict reader of what comes back. Every wait ends at the deadline, which is a hang.</summary>
internal sealed class Connection : IAsyncDisposable
{
    public static readonly TimeSpan Deadline = TimeSpan.FromSeconds(30);

    private readonly Socket _socket;
    private readonly byte[] _buffer = new byte[16 * 1024];
    private int _from;
    private int _to;

    private Connection(Socket socket) => _socket = socket;

    public static async Task<Connection> OpenAsync(int port)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        using var deadline = new CancellationTokenSource(Deadline);
        await socket.ConnectAsync(IPAddress.Loopback, port, deadline.Token);
        return new Connection(socket);
    }

    /// <summary>Sends one request and reads its answer.</summary>
    public async Task<Answer> ExchangeAsync(Request request)
    {
        await SendAsync(request.ToBytes());
        return await ReadAsync(request.IsHead) ?? throw new IOException("The server closed the connection without an answer.");
    }

    /// <summary>False when the server closed the connection meanwhile, which it may.</summary>
    public Task<bool> SendAsync(ReadOnlyMemory<byte> bytes) => SendAsync(bytes, Deadline);

    /// <summary>False, too, when the server did not take it all in time.</summary>
    public async Task<bool> SendAsync(ReadOnlyMemory<byte> bytes, TimeSpan patience)
    {
        using var deadline = new CancellationTokenSource(patience);
        try
        {
            while (!bytes.IsEmpty)
            {
                bytes = bytes[await _socket.SendAsync(bytes, deadline.Token)..];
            }

            return true;
        }
        catch (Exception ended) when (ended is SocketException or OperationCanceledException)
        {
            return false;
        }
    }

    /// <summary>Says that nothing more will be sent.</summary>
    public void EndSending()
    {
        try
        {
            _socket.Shutdown(SocketShutdown.Send);
        }
        catch (SocketException)
        {
            // The server was faster.
        }
    }

    /// <summary>The next response; null when the server closed the connection instead.</summary>
    public async Task<Answer?> ReadAsync(bool isHead = false)
    {
        using var deadline = new CancellationTokenSource(Deadline);
        try
        {
            while (await ReadHeadAsync(deadline.Token) is { } head)
            {
                if (head.Status >= 200)
                {
                    return await WithBodyAsync(head, isHead, deadline.Token);
                }
            }

            return null;
        }
        catch (OperationCanceledException late)
        {
            throw new TimeoutException($"No answer and no end of the connection within {Deadline}.", late);
        }
    }

    /// <summary>Whatever comes until the server closes.</summary>
    public async Task<byte[]> DrainAsync()
    {
        using var deadline = new CancellationTokenSource(Deadline);
        var all = new MemoryStream();
        try
        {
            while (await NextAsync(deadline.Token) is { } b)
            {
                all.WriteByte(b);
            }
        }
        catch (OperationCanceledException late)
        {
            throw new TimeoutException($"The server kept the connection open for {Deadline}.", late);
        }

        return all.ToArray();
    }

    public ValueTask DisposeAsync()
    {
        _socket.Dispose();
        return ValueTask.CompletedTask;
    }

    private async Task<Answer?> ReadHeadAsync(CancellationToken cancellationToken)
    {
        if (await LineAsync(cancellationToken) is not { } line)
        {
            return null;
        }

        if (!line.StartsWith("HTTP/1.1 ", StringComparison.Ordinal) || !int.TryParse(line.AsSpan(9, 3), out var status))
        {
            throw new InvalidDataException($"This is no status line: {line}");
        }

        var headers = new List<(string, string)>();
        while (await LineAsync(cancellationToken) is { Length: > 0 } header)
        {
            var colon = header.IndexOf(':', StringComparison.Ordinal);
            headers.Add((header[..colon], header[(colon + 1)..].Trim()));
        }

        return new Answer(status, headers, []);
    }

    private async Task<Answer> WithBodyAsync(Answer head, bool isHead, CancellationToken cancellationToken)
    {
        if (isHead || head.Status is 204 or 304)
        {
            return head;
        }

        // The API writes every body with its length, but for the list that is streamed and for events; anything else is a defect and not guessed at.
        var type = head.Header("Content-Type")?.Split(';')[0];
        if (head.Header("Transfer-Encoding") == "chunked" && (type is "text/csv" or "text/event-stream"))
        {
            return head with { Body = await ChunksAsync(head, cancellationToken) };
        }

        var length = int.Parse(head.Header("Content-Length") ?? throw new InvalidDataException($"No Content-Length: {head}"), NumberStyles.None);
        return head with { Body = await BytesAsync(length, head, cancellationToken) };
    }

    /// <summary>RFC 9112, 7.1: a length in hexadecimal, that many bytes, an empty line; the last length is 0.</summary>
    private async Task<byte[]> ChunksAsync(Answer head, CancellationToken cancellationToken)
    {
        var body = new MemoryStream();
        while (true)
        {
            var line = await LineAsync(cancellationToken) ?? throw new InvalidDataException($"The body ended early: {head}");
            var length = int.Parse(line, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture);
            body.Write(await BytesAsync(length, head, cancellationToken));
            await LineAsync(cancellationToken);
            if (length == 0)
            {
                return body.ToArray();
            }
        }
    }

    private async Task<byte[]> BytesAsync(int length, Answer head, CancellationToken cancellationToken)
    {
        var body = new byte[length];
        for (var i = 0; i < length; i++)
        {
            body[i] = await NextAsync(cancellationToken) ?? throw new InvalidDataException($"The body ended early: {head}");
        }

        return body;
    }

    private async Task<string?> LineAsync(CancellationToken cancellationToken)
    {
        var line = new StringBuilder();
        while (await NextAsync(cancellationToken) is { } b)
        {
            if (b == '\n')
            {
                return line.ToString().TrimEnd('\r');
            }

            line.Append((char)b);
        }

        return line.Length == 0 ? null : throw new InvalidDataException($"The head ended early: {line}");
    }

    private async ValueTask<byte?> NextAsync(CancellationToken cancellationToken)
    {
        if (_from == _to)
        {
            try
            {
                (_from, _to) = (0, await _socket.ReceiveAsync(_buffer, cancellationToken));
            }
            catch (SocketException)
            {
                return null; // Reset, which closes it as well.
            }

            if (_to == 0)
            {
                return null;
            }
        }

        return _buffer[_from++];
    }
}
