namespace Concert.Resilience.Tests.Abuse.Support;

/// <summary>A connection that is used for one request after another and opened anew when the server ended it.</summary>
internal sealed class Line(int port) : IAsyncDisposable
{
    private Connection? _connection;
    private string? _last;

    public async Task<Answer> SendAsync(Request request)
    {
        if (_connection is null)
        {
            (_connection, _last) = (await Connection.OpenAsync(port), null);
        }

        Answer? answer = null;
        try
        {
            answer = await ExchangeAsync(_connection, request);
            _last = $"{request} -> {answer}";
            return answer;
        }
        catch (IOException closed) when (_last is not null)
        {
            throw new IOException($"{closed.Message} Before it: {_last}", closed);
        }
        finally
        {
            if (answer is null or { Closes: true })
            {
                await DisposeAsync();
            }
        }
    }

    /// <summary>
    /// A reset of a connection that the server ends can overtake the answer on its way (RFC 9112, 9.6), so what got none on a new connection is asked once more.
    /// </summary>
    private async Task<Answer> ExchangeAsync(Connection connection, Request request)
    {
        try
        {
            return await connection.ExchangeAsync(request);
        }
        catch (IOException) when (_last is null)
        {
            await connection.DisposeAsync();
            _connection = await Connection.OpenAsync(port);
            return await _connection.ExchangeAsync(request);
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (_connection is { } connection)
        {
            _connection = null;
            await connection.DisposeAsync();
        }
    }
}
