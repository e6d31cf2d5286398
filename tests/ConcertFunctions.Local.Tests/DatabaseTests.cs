using Microsoft.Data.Sqlite;

namespace ConcertFunctions.Local.Tests;

/// <summary>What a person sees who opens the database of a running sale with any tool.</summary>
public sealed class DatabaseTests
{
    [Fact]
    public async Task Database_OfARunningSale_ShowsItInPlainTablesAndViews()
    {
        using var folder = new TemporaryFolder();
        await using var app = await LocalApp.StartDurableAsync(folder.Path);
        var sale = await Sale.OpenAsync(app);
        var (mina, joon) = (await sale.BuyerAsync("mina", 5_000), await sale.BuyerAsync("joon"));
        await mina.BuyAsync(sale.A[0]);
        await joon.HoldAsync(sale.A[1]);

        await using var database = new SqliteConnection($"Data Source={Path.Combine(folder.Path, "concert.db")};Mode=ReadOnly;Pooling=False");
        await database.OpenAsync(TestContext.Current.CancellationToken);

        (await RowsAsync(database, "SELECT section, user_id, status, total FROM reservations ORDER BY user_id"))
            .ShouldBe([$"{sale.ScheduleId}:1|joon|HELD|1000", $"{sale.ScheduleId}:1|mina|CONFIRMED|1000"]);
        (await RowsAsync(database, "SELECT section, number, status FROM seats ORDER BY number"))
            .ShouldBe([$"{sale.ScheduleId}:1|1|SOLD", $"{sale.ScheduleId}:1|2|HELD"]);
        (await RowsAsync(database, "SELECT user_id, balance FROM wallet")).ShouldBe(["mina|4000"]);
        (await RowsAsync(database, "SELECT user_id, kind, amount, balance_after FROM ledger ORDER BY number"))
            .ShouldBe(["mina|CHARGE|5000|5000", "mina|PAYMENT|-1000|4000"]);
        (await RowsAsync(database, "SELECT user_id, status, amount FROM payments")).ShouldBe(["mina|COMPLETED|1000"]);
        (await RowsAsync(database, "SELECT user_id, status FROM waiting")).ShouldBe(["joon|ACTIVE"]);
        (await RowsAsync(database, "SELECT count(*) FROM reservations WHERE created_at LIKE '20__-__-__ __:__:__'")).ShouldBe(["2"]);
        (await RowsAsync(database, "SELECT count(*) FROM dead_letters")).ShouldBe(["0"]);
        (await RowsAsync(database, "SELECT json_valid(body), typeof(body) FROM bookings GROUP BY 1, 2")).ShouldBe(["1|text"]);
    }

    private static async Task<List<string>> RowsAsync(SqliteConnection database, string sql)
    {
        await using var command = new SqliteCommand(sql, database);
        await using var reader = await command.ExecuteReaderAsync(TestContext.Current.CancellationToken);
        var rows = new List<string>();
        while (await reader.ReadAsync(TestContext.Current.CancellationToken))
        {
            rows.Add(string.Join('|', Enumerable.Range(0, reader.FieldCount).Select(i => reader.GetValue(i).ToString())));
        }

        return rows;
    }
}
