using Concert.Lab.Rival;
using Concert.Lab.Servers;
using Npgsql;
using Shouldly;

namespace Concert.Lab.Tests.Ways;

/// <summary>The rival's holds, in each of its forms: twice as many buyers as places.</summary>
internal static class Rivals
{
    private const int Places = 20;

    public static readonly string[] Ids = ["rival-for-update-equal", "rival-for-update-bare", "rival-conditional-equal", "rival-conditional-bare"];

    public static async Task SellExactlyWhatThereIsAsync(string id, Endpoints endpoints)
    {
        var (database, equal) = (id.Replace('-', '_'), id.EndsWith("equal", StringComparison.Ordinal));
        await using (var maintenance = NpgsqlDataSource.Create($"{endpoints.PostgresServer()};Database=postgres;Pooling=false"))
        {
            await ExecuteAsync(maintenance, $"CREATE DATABASE {database}");
        }

        await using var source = NpgsqlDataSource.Create($"{endpoints.PostgresServer()};Database={database};Maximum Pool Size=8;Timeout=60");
        await ExecuteAsync(source, RivalHolds.Schema + (equal ? RivalHolds.EqualSchema : ""));
        await ExecuteAsync(source, $"INSERT INTO inventories VALUES ('standing', {Places}, 10000)");

        var holds = new RivalHolds(source, id.Contains("for-update", StringComparison.Ordinal), equal);
        var answers = await Task.WhenAll(Enumerable.Range(0, 2 * Places).Select(i => Task.Run(() => holds.HoldAsync($"user-{i % 7}", "standing", 1))));

        answers.Count(answer => answer is { Status: "HELD" }).ShouldBe(Places);
        (await CountAsync(source, "SELECT taken FROM inventories")).ShouldBe(Places);
        (await CountAsync(source, "SELECT count(*) FROM reservations")).ShouldBe(Places);
        if (equal)
        {
            // Who was refused left nothing behind.
            (await CountAsync(source, "SELECT count(*) FROM history")).ShouldBe(Places);
            (await CountAsync(source, "SELECT sum(live) FROM user_places")).ShouldBe(Places);
        }
    }

    private static async Task<long> CountAsync(NpgsqlDataSource source, string sql)
    {
        await using var command = source.CreateCommand(sql);
        return Convert.ToInt64(await command.ExecuteScalarAsync());
    }

    private static async Task ExecuteAsync(NpgsqlDataSource source, string sql)
    {
        await using var command = source.CreateCommand(sql);
        await command.ExecuteNonQueryAsync();
    }
}
