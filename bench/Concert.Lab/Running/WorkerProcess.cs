using System.Diagnostics;
using System.Text.Json;
using Concert.Lab.Servers;
using Concert.Lab.Ways;

namespace Concert.Lab.Running;

/// <summary>A worker as seen from outside.</summary>
internal sealed class WorkerProcess : IAsyncDisposable
{
    /// <summary>Beyond a round's limit: to prepare, to end what is on its way, to read back.</summary>
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(120);

    private readonly Process _process;
    private readonly Task<string> _errors;

    private WorkerProcess(Process process)
    {
        _process = process;
        _errors = process.StandardError.ReadToEndAsync();
    }

    public static async Task<WorkerProcess> StartAsync(WayInfo way, Endpoints endpoints, string folder)
    {
        var start = new ProcessStartInfo(Self.Program, Self.Arguments("worker", way.Id, JsonSerializer.Serialize(endpoints), folder))
        {
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        var worker = new WorkerProcess(Process.Start(start)!);
        try
        {
            _ = await worker.ReadAsync(Worker.Ready, Grace);
            return worker;
        }
        catch
        {
            await worker.DisposeAsync();
            throw;
        }
    }

    /// <summary>Throws <see cref="ServerException"/> when the worker ends or does not answer.</summary>
    public async Task<Round> RunAsync(RoundOrder order)
    {
        await _process.StandardInput.WriteLineAsync(JsonSerializer.Serialize(order));
        await _process.StandardInput.FlushAsync();
        return JsonSerializer.Deserialize<Round>(await ReadAsync(Worker.Result, TimeSpan.FromSeconds(order.LimitSeconds) + Grace))!;
    }

    public async ValueTask DisposeAsync()
    {
        try
        {
            _process.StandardInput.Close();
            await _process.WaitForExitAsync().WaitAsync(TimeSpan.FromSeconds(20));
        }
        catch (Exception e) when (e is TimeoutException or IOException)
        {
            _process.Kill(entireProcessTree: true);
        }

        _process.Dispose();
    }

    private async Task<string> ReadAsync(string prefix, TimeSpan patience)
    {
        using var end = new CancellationTokenSource(patience);
        try
        {
            while (await _process.StandardOutput.ReadLineAsync(end.Token) is { } line)
            {
                if (line.StartsWith(prefix, StringComparison.Ordinal))
                {
                    return line[prefix.Length..];
                }
            }
        }
        catch (OperationCanceledException e)
        {
            _process.Kill(entireProcessTree: true);
            throw new ServerException($"no answer within {patience.TotalSeconds:N0} s", e);
        }

        var lines = (await _errors).Split('\n', StringSplitOptions.RemoveEmptyEntries);
        throw new ServerException(lines.FirstOrDefault() is { } first ? first.Replace("Unhandled exception: ", "", StringComparison.Ordinal).Trim() : "the worker ended");
    }
}
