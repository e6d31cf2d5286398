using System.Globalization;
using System.Text;
using Concert.Bench.Accepts;
using Concert.Lab.Rival;
using Concert.Lab.Running;
using Concert.Lab.Servers;
using Npgsql;

namespace Concert.Lab.Http;

/// <summary>The rival as a process, on a database of its own.</summary>
internal sealed class RivalProcess : Contestant, IAsyncDisposable
{
    private const string Inventory = "standing";
    private const int Users = 4096;
    private const int Places = 1_000_000;

    private readonly Server _server;
    private readonly NpgsqlDataSource _source;
    private readonly byte[][] _requests;

    private RivalProcess(Server server, NpgsqlDataSource source, ServerEndpoint postgres)
        : base(server, postgres.ProcessIds)
    {
        (_server, _source) = (server, source);
        var until = TimeProvider.System.GetUtcNow().AddHours(2).ToUnixTimeMilliseconds();
        _requests = [.. Enumerable.Range(0, Users).Select(i => Request(RivalTokens.Sign(new RivalClaims(Guid.NewGuid().ToString(), $"user-{i}", until))))];
    }

    protected override IReadOnlyList<byte[]> Requests => _requests;

    public static async Task<RivalProcess> StartAsync(string id, bool forUpdate, bool equal, Endpoints endpoints)
    {
        var database = id.Replace('-', '_');
        await using (var maintenance = NpgsqlDataSource.Create($"{endpoints.PostgresServer()};Database=postgres;Pooling=false"))
        {
            await ExecuteAsync(maintenance, $"CREATE DATABASE {database}");
        }

        var postgres = $"{endpoints.PostgresServer()};Database={database}";
        var source = NpgsqlDataSource.Create(postgres);
        try
        {
            await ExecuteAsync(source, RivalHolds.Schema + (equal ? RivalHolds.EqualSchema : ""));
            await ExecuteAsync(source, $"INSERT INTO inventories VALUES ('{Inventory}', {Places}, 10000)");
            var server = await Server.StartAsync(
                Self.Program, Self.Arguments("rival", postgres, forUpdate ? "for-update" : "conditional", equal ? "equal" : "bare"), new Dictionary<string, string>());
            return new RivalProcess(server, source, endpoints.Running[ServerKind.Postgres]);
        }
        catch
        {
            await source.DisposeAsync();
            throw;
        }
    }

    public override async Task<string?> FaultAsync()
    {
        await using var command = _source.CreateCommand("SELECT (SELECT count(*) FROM reservations), (SELECT taken FROM inventories)::bigint");
        await using var reader = await command.ExecuteReaderAsync();
        await reader.ReadAsync();
        var (reserved, taken) = (reader.GetInt64(0), reader.GetInt64(1));
        return reserved == Promised && taken == Promised
            ? null
            : string.Create(CultureInfo.InvariantCulture, $"promised {Promised:N0}, reserved {reserved:N0}, counted {taken:N0}");
    }

    public async ValueTask DisposeAsync()
    {
        await _server.DisposeAsync();
        await _source.DisposeAsync();
    }

    protected override Task BeginAsync() => ExecuteAsync(_source, "CHECKPOINT");

    private static async Task ExecuteAsync(NpgsqlDataSource source, string sql)
    {
        await using var command = source.CreateCommand(sql);
        await command.ExecuteNonQueryAsync();
    }

    private static byte[] Request(string token)
    {
        var body = $$"""{"inventoryId":"{{Inventory}}","quantity":1}""";
        return Encoding.ASCII.GetBytes(
            $"POST /api/reservation HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\nqueue-token: {token}\r\nContent-Length: {body.Length}\r\n\r\n{body}");
    }
}
