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
            answer = await _connection.ExchangeAsync(request);
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

    public async ValueTask DisposeAsync()
    {
        if (_connection is { } connection)
        {
            _connection = null;
            await connection.DisposeAsync();
        }
    }
}
