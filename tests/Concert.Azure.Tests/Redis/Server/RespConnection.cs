using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Concert.Azure.Redis.Scripting;

namespace Concert.Azure.Tests.Redis.Server;

/// <summary>An error reply of Redis.</summary>
public sealed class RedisErrorException(string message) : Exception(message);

/// <summary>One connection that speaks RESP2. Calls are pipelined: many may be under way, answers come in order.</summary>
public sealed class RespConnection : IAsyncDisposable
{
    private readonly TcpClient _client;
    private readonly BufferedStream _reads;
    private readonly ConcurrentQueue<TaskCompletionSource<RedisReply>> _waiting = new();
    private readonly SemaphoreSlim _writing = new(1);
    private readonly Task _reading;

    private RespConnection(TcpClient client)
    {
        _client = client;
        _reads = new BufferedStream(client.GetStream(), 64 * 1024);
        _reading = ReadAllAsync();
    }

    public bool IsBroken => _reading.IsCompleted;

    public static async Task<RespConnection> ConnectAsync(int port, CancellationToken cancellationToken)
    {
        var client = new TcpClient { NoDelay = true };
        try
        {
            await client.ConnectAsync(IPAddress.Loopback, port, cancellationToken);
            return new RespConnection(client);
        }
        catch
        {
            client.Dispose();
            throw;
        }
    }

    public Task<RedisReply> SendAsync(params string[] command) => SendAsync([.. command.Select(part => (RedisArgument)part)]);

    public async Task<RedisReply> SendAsync(IReadOnlyList<RedisArgument> command)
    {
        var bytes = Encode(command);
        var answer = new TaskCompletionSource<RedisReply>(TaskCreationOptions.RunContinuationsAsynchronously);
        await _writing.WaitAsync();
        try
        {
            ObjectDisposedException.ThrowIf(IsBroken, this);
            _waiting.Enqueue(answer);
            await _client.GetStream().WriteAsync(bytes);
        }
        finally
        {
            _writing.Release();
        }

        // The reader may have ended between the check and the enqueueing: nobody would answer any more.
        if (await Task.WhenAny(answer.Task, _reading) == _reading && !answer.Task.IsCompleted)
        {
            throw new IOException("The connection to Redis is broken.");
        }

        return await answer.Task;
    }

    public async ValueTask DisposeAsync()
    {
        _client.Dispose();
        await _reading;
        _writing.Dispose();
    }

    private static byte[] Encode(IReadOnlyList<RedisArgument> command)
    {
        using var bytes = new MemoryStream();
        bytes.Write(Encoding.ASCII.GetBytes($"*{command.Count}\r\n"));
        foreach (var part in command)
        {
            bytes.Write(Encoding.ASCII.GetBytes($"${part.Bytes.Length}\r\n"));
            bytes.Write(part.Bytes.Span);
            bytes.Write("\r\n"u8);
        }

        return bytes.ToArray();
    }

    private async Task ReadAllAsync()
    {
        try
        {
            while (true)
            {
                await Task.Yield();
                RedisReply? reply = null;
                RedisErrorException? error = null;
                try
                {
                    reply = await ReadAsync();
                }
                catch (RedisErrorException raised)
                {
                    error = raised;
                }

                _waiting.TryDequeue(out var waiting);
                if (error is null)
                {
                    waiting!.SetResult(reply!);
                }
                else
                {
                    waiting!.SetException(error);
                }
            }
        }
        catch (Exception broken) when (broken is IOException or ObjectDisposedException or NotSupportedException)
        {
            while (_waiting.TryDequeue(out var waiting))
            {
                waiting.TrySetException(new IOException("The connection to Redis is broken.", broken));
            }
        }
    }

    private async Task<RedisReply> ReadAsync()
    {
        var line = await ReadLineAsync();
        switch (line[0])
        {
            case '+':
                return new RedisReply.Bulk(Encoding.UTF8.GetBytes(line[1..]));
            case '-':
                throw new RedisErrorException(line[1..]);
            case ':':
                return new RedisReply.Integer(Number(line));
            case '$' when Number(line) < 0:
            case '*' when Number(line) < 0:
                return new RedisReply.Nil();
            case '$':
                var bytes = new byte[Number(line)];
                await _reads.ReadExactlyAsync(bytes);
                await ReadLineAsync();
                return new RedisReply.Bulk(bytes);
            case '*':
                var items = new RedisReply[Number(line)];
                for (var i = 0; i < items.Length; i++)
                {
                    items[i] = await ReadAsync();
                }

                return new RedisReply.Array(items);
            default:
                throw new IOException($"Not RESP: {line}");
        }
    }

    private async Task<string> ReadLineAsync()
    {
        var line = new StringBuilder();
        var one = new byte[1];
        while (true)
        {
            await _reads.ReadExactlyAsync(one);
            if (one[0] == '\n')
            {
                return line.ToString(0, line.Length - 1);
            }

            line.Append((char)one[0]);
        }
    }

    private static long Number(string line) => long.Parse(line.AsSpan(1), CultureInfo.InvariantCulture);
}
