using System.Text;
using Concert.Booking.Ports;
using Concert.Embedded.Tests.Support;
using Shouldly;
using Xunit;

namespace Concert.Embedded.Tests.Sqlite;

public sealed class DamageTests : IDisposable
{
    private const int Documents = 400;

    private readonly DataDirectory _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Read_BitFlippedInADocument_IsRefusedAndTheRestWorks()
    {
        await FillAsync();
        Change("\"id\":\"s:0007\",\"n\":7", "\"id\":\"s:0007\",\"n\":3");

        using var backend = Folder.Open(_folder);

        (await Should.ThrowAsync<StoreUnavailableException>(() => backend.Store.ReadAsync(Folder.Section, "s:0007", Folder.Cancel)))
            .Message.ShouldContain("s:0007 of Bookings/c1-0001:1 is damaged");
        await Should.ThrowAsync<StoreUnavailableException>(() => backend.Store.QueryAsync(Folder.Section, new PartitionQuery("s:"), Folder.Cancel));
        (await backend.Store.CommitAsync(Folder.Section, [new DocumentOperation.Increment("s:0007", [new("n", 1)])], Folder.Cancel))
            .ShouldBe(new CommitResult.Unavailable(OutcomeUnknown: false, "The document s:0007 of Bookings/c1-0001:1 is damaged on disk. Restore the database from a backup."));
        (await backend.Store.ReadAsync(Folder.Section, "s:0008", Folder.Cancel)).ShouldNotBeNull();
        await backend.CommitAsync(Folder.Upsert("s:0009"));
    }

    [Fact]
    public async Task Open_FileCutOff_IsRefused()
    {
        await FillAsync();
        using (var file = File.OpenWrite(_folder.File))
        {
            file.SetLength(file.Length - 5000);
        }

        Should.Throw<DatabaseDamagedException>(() => Folder.Open(_folder)).Message.ShouldContain("restore it from a backup");
    }

    [Fact]
    public async Task Open_AnyByteOfTheHeaderChanged_IsRefusedOrHarmless()
    {
        await FillAsync();
        var whole = await File.ReadAllBytesAsync(_folder.File, Folder.Cancel);
        for (var at = 0; at < 24; at++)
        {
            whole[at] ^= 0x10;
            await File.WriteAllBytesAsync(_folder.File, whole, Folder.Cancel);
            await ShouldTellOrKnowAllAsync($"byte {at}");
            whole[at] ^= 0x10;
        }
    }

    [Fact]
    public async Task Use_BitsFlippedAnywhere_NothingWrongIsEverShown()
    {
        await FillAsync();
        var whole = await File.ReadAllBytesAsync(_folder.File, Folder.Cancel);
        var random = new Random(1);
        for (var i = 0; i < 60; i++)
        {
            var at = random.Next(100, whole.Length);
            var bytes = whole.ToArray();
            bytes[at] ^= (byte)(1 << random.Next(8));
            await File.WriteAllBytesAsync(_folder.File, bytes, Folder.Cancel);
            await ShouldTellOrKnowAllAsync($"byte {at}");
        }
    }

    /// <summary>It says that it is damaged, or every document is as it was written.</summary>
    private async Task ShouldTellOrKnowAllAsync(string what)
    {
        try
        {
            using var backend = Folder.Open(_folder);
            for (var i = 0; i < Documents; i++)
            {
                var found = await backend.Store.ReadAsync(Folder.Section, $"s:{i:0000}", Folder.Cancel);
                found.ShouldNotBeNull($"{what}: s:{i:0000} is gone");
                Encoding.UTF8.GetString(found.Json.Span).ShouldBe($$"""{"id":"s:{{i:0000}}","n":{{i}}}""", what);
            }
        }
        catch (Exception told) when (told is StoreUnavailableException or DatabaseDamagedException or UnknownDataFolderException or IOException)
        {
        }
    }

    private async Task FillAsync()
    {
        using var backend = Folder.Open(_folder);
        foreach (var some in Enumerable.Range(0, Documents).Chunk(100))
        {
            await backend.CommitAsync([.. some.Select(i => Folder.Upsert($"s:{i:0000}", $"\"n\":{i}"))]);
        }
    }

    private void Change(string from, string to)
    {
        var bytes = File.ReadAllBytes(_folder.File);
        var count = 0;

        // A page that was split has left old copies behind.
        for (var at = 0; bytes.AsSpan(at).IndexOf(Encoding.UTF8.GetBytes(from)) is >= 0 and var next; count++)
        {
            at += next;
            Encoding.UTF8.GetBytes(to).CopyTo(bytes, at);
        }

        count.ShouldBeGreaterThan(0);
        File.WriteAllBytes(_folder.File, bytes);
    }
}
