using System.Text;
using Concert.Bench.Accepts;
using Concert.Lab.Servers;

namespace Concert.Lab.Http;

/// <summary>The one-process host as shipped, on a data folder. The two ways to ask share neither host nor sale.</summary>
internal sealed class OurHost : Contestant, IAsyncDisposable
{
    private const int Users = 4_096;

    private static readonly TimeSpan DrainPatience = TimeSpan.FromSeconds(120);

    private readonly Server _server;
    private readonly Sale _sale;
    private readonly byte[][] _requests;

    private OurHost(Server server, Sale sale, bool waits)
        : base(server, [])
    {
        (_server, _sale) = (server, sale);
        _requests = waits ? [.. sale.Requests.Select(request => With(request, "Prefer: wait=10\r\n"))] : [.. sale.Requests];
    }

    protected override IReadOnlyList<byte[]> Requests => _requests;

    /// <param name="folder">For its data.</param>
    /// <param name="waits">Asks for the outcome in the answer.</param>
    public static async Task<OurHost> StartAsync(string folder, bool waits)
    {
        var server = await OneProcessHost.StartAsync(folder);
        var sale = new Sale(server.Url, Users);
        try
        {
            await sale.OpenAsync();
            return new OurHost(server, sale, waits);
        }
        catch
        {
            sale.Dispose();
            await server.DisposeAsync();
            throw;
        }
    }

    /// <summary>What was promised is decided: <see cref="EndAsync"/> has seen it.</summary>
    public override Task<string?> FaultAsync() => Task.FromResult<string?>(null);

    public async ValueTask DisposeAsync()
    {
        _sale.Dispose();
        await _server.DisposeAsync();
    }

    protected override async Task EndAsync()
    {
        try
        {
            await _sale.DrainAsync(Promised).WaitAsync(DrainPatience);
        }
        catch (TimeoutException e)
        {
            throw new ServerException($"of {Promised:N0} accepted not all were held within {DrainPatience.TotalSeconds:N0} s", e);
        }
    }

    private static byte[] With(byte[] request, string header)
    {
        var firstLine = request.AsSpan().IndexOf("\r\n"u8) + 2;
        return [.. request.AsSpan(0, firstLine), .. Encoding.ASCII.GetBytes(header), .. request.AsSpan(firstLine)];
    }
}
