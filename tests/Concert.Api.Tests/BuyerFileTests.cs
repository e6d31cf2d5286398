using System.IO.Compression;
using System.Runtime.CompilerServices;
using System.Text;
using Concert.Booking.Availability;
using Concert.Booking.Calls;
using Concert.Booking.Paging;
using Concert.Booking.Ports;
using Concert.Booking.Reservations;
using Concert.Booking.States;
using Microsoft.AspNetCore.Http;
using NSubstitute;

namespace Concert.Api.Tests;

[Trait("Rule", "R-BUYERS")]
public sealed class BuyerFileTests
{
    private const string Path = "/api/admin/schedule/c1-s1/reservations";
    private const string Header = "reservation,status,user,section,seats,places,total,createdAt,holdExpiresAt,payment,cancelledAt,refund,usedAt,reason\r\n";

    private static readonly (string, string?)[] AsCsv = [("x-admin-key", Api.AdminKey), ("Accept", "text/csv")];

    private readonly Api _api = new();

    private static ReservationView Held(string user) => Views.Reservation(ReservationStatus.Held) with { UserId = user };

    private void Answer(Func<CancellationToken, IAsyncEnumerable<BuyerRow>> rows) => _api.Buyers
        .ReadAllAsync("c1-s1", Arg.Any<string?>(), Arg.Any<CancellationToken>()).Returns(call => new BuyerRows(rows(call.ArgAt<CancellationToken>(2))));

    private void Answer(params BuyerRow[] rows) => Answer(_ => rows.ToAsyncEnumerable());

    private static string Row(string user, string place = "가") => $"{Views.ReservationId},HELD,{user},{place},B 1,1,1000,2030-01-01T09:00:00+09:00,,,,,,\r\n";

    [Fact]
    public async Task File_OfRows_IsCsvWithAMarkAndAHeader()
    {
        var sold = Views.Reservation(ReservationStatus.Cancelled) with
        {
            UserId = "jun",
            Seats = [],
            InventoryId = "c1-s1-g1",
            Quantity = 3,
            PaymentId = Views.PaymentId,
            HoldExpiresAt = Views.Now,
            Cancellation = new(Views.Now, 900),
            UsedAt = Views.Now,
            Reason = "no, \"thanks\"\r\nreally",
        };
        Answer(new BuyerRow("가", Held("mina")), new BuyerRow("Floor", sold));

        var answer = await _api.SendAsync("GET", Path + "?status=HELD,CANCELLED", null, AsCsv);

        answer.Status.ShouldBe(200);
        answer.ContentType.ShouldBe("text/csv; charset=utf-8; header=present");
        answer.Headers.ContentDisposition.ToString().ShouldBe("attachment; filename=reservations-c1-s1.csv");
        answer.Headers.Vary.ToString().ShouldContain("Accept");
        answer.Headers.CacheControl.ToString().ShouldBe("no-store");
        answer.Body[..3].ShouldBe([0xEF, 0xBB, 0xBF]);
        var time = "2030-01-01T09:00:00+09:00";
        Encoding.UTF8.GetString(answer.Body[3..]).ShouldBe(
            Header + Row("mina") + $"{Views.ReservationId},CANCELLED,jun,Floor,,3,1000,{time},{time},{Views.PaymentId},{time},900,{time},\"no, \"\"thanks\"\"\r\nreally\"\r\n");
        await _api.Buyers.Received().ReadAllAsync("c1-s1", "HELD,CANCELLED", Arg.Any<CancellationToken>());
    }

    [Fact]
    public async Task File_Seats_AreWrittenAsPrinted()
    {
        Answer(new BuyerRow("A", Held("mina") with { Seats = [new("c1-s1-1-1", "A", "B", "12A", null, 1), new("c1-s1-1-2", "A", null, "-13", "VIP", 1)] }));

        Encoding.UTF8.GetString((await _api.SendAsync("GET", Path, null, AsCsv)).Body[3..]).ShouldContain(",mina,A,B 12A; -13,2,1000,");
    }

    [Theory]
    [InlineData("=1+1", "'=1+1")]
    [InlineData("+82 10", "'+82 10")]
    [InlineData("-x", "'-x")]
    [InlineData("@sum", "'@sum")]
    [InlineData("\tx", "'\tx")]
    [InlineData("\rx", "\"'\rx\"")]
    [InlineData("=a,\"b\"", "\"'=a,\"\"b\"\"\"")]
    [InlineData("a=b", "a=b")]
    [InlineData("김민아", "김민아")]
    [InlineData("o'neil", "o'neil")]
    [InlineData("a,b", "\"a,b\"")]
    [InlineData("a\nb", "\"a\nb\"")]
    [InlineData("a\"b", "\"a\"\"b\"")]
    public async Task File_Text_IsQuotedAndNoFormula(string text, string field)
    {
        Answer(new BuyerRow(text, Held(text)));

        Encoding.UTF8.GetString((await _api.SendAsync("GET", Path, null, AsCsv)).Body[3..]).ShouldBe(Header + Row(field, field));
    }

    [Fact]
    public async Task File_Head_ReadsNothing()
    {
        var isRead = false;
        Answer(_ => Rows());

        var answer = await _api.SendAsync("HEAD", Path, null, AsCsv);

        answer.Status.ShouldBe(200);
        answer.ContentType.ShouldBe("text/csv; charset=utf-8; header=present");
        answer.Headers.ContentDisposition.Count.ShouldBe(1);
        answer.Body.ShouldBeEmpty();
        isRead.ShouldBeFalse();

        async IAsyncEnumerable<BuyerRow> Rows()
        {
            isRead = true;
            await Task.Yield();
            yield break;
        }
    }

    [Theory]
    [InlineData(null)]
    [InlineData("gzip")]
    [InlineData("br")]
    public async Task File_BeforeItsEndIsRead_IsOnItsWay(string? encoding)
    {
        var sent = new MemoryStream();
        long? atTheEnd = null;
        Answer(_ => Rows());
        var http = Api.Request("GET", Path, null, [.. AsCsv, ("Accept-Encoding", encoding)]);
        http.Response.Body = sent;

        await _api.Pipeline.InvokeAsync(http);

        http.Response.Headers.ContentEncoding.ToString().ShouldBe(encoding ?? "");
        atTheEnd!.Value.ShouldBeGreaterThan(100);
        sent.Length.ShouldBeGreaterThan(atTheEnd.Value);
        Plain(sent.ToArray(), encoding).Split("\r\n").Length.ShouldBe(1003);

        async IAsyncEnumerable<BuyerRow> Rows()
        {
            for (var n = 0; n < 1001; n++)
            {
                await Task.Yield();
                atTheEnd = sent.Length;
                yield return new BuyerRow("A", Held($"user{n}"));
            }
        }
    }

    [Fact]
    public async Task File_WhoseClientGoesAway_IsReadNoFurther()
    {
        using var gone = new CancellationTokenSource();
        var read = 0;
        Answer(Rows);

        await _api.SendAsync("GET", Path, null, gone.Token, AsCsv);

        read.ShouldBeInRange(250, 301);

        async IAsyncEnumerable<BuyerRow> Rows([EnumeratorCancellation] CancellationToken cancellationToken)
        {
            while (!cancellationToken.IsCancellationRequested)
            {
                await Task.Yield();
                if (++read == 250)
                {
                    await gone.CancelAsync();
                }

                yield return new BuyerRow("A", Held("mina"));
            }

            cancellationToken.ThrowIfCancellationRequested();
        }
    }

    [Fact]
    public async Task File_WhoseStoreStaysAway_BreaksOffAndDoesNotEndAsIfItWereWhole()
    {
        Answer(_ => Rows());
        var http = Api.Request("GET", Path, null, AsCsv);
        http.Features.Set<Microsoft.AspNetCore.Http.Features.IHttpResponseFeature>(new StartedResponse());

        await Should.ThrowAsync<StoreUnavailableException>(() => _api.Pipeline.InvokeAsync(http));

        async IAsyncEnumerable<BuyerRow> Rows()
        {
            for (var n = 0; n < 200; n++)
            {
                await Task.Yield();
                yield return new BuyerRow("A", Held("mina"));
            }

            throw new StoreUnavailableException("away");
        }
    }

    [Fact]
    public async Task File_Refused_IsAProblem()
    {
        _api.Buyers.ReadAllAsync(Arg.Any<string>(), Arg.Any<string?>(), Arg.Any<CancellationToken>()).Returns(_ => Refusal.NotYours("schedule"));

        var answer = await _api.SendAsync("GET", Path, null, AsCsv);

        answer.ShouldBeProblem(404, "not-yours");
        answer.Headers.ContentDisposition.Count.ShouldBe(0);
    }

    [Fact]
    public async Task Page_ByDefault_IsJsonWithTheUsers()
    {
        _api.Buyers.ListAsync("c1-s1", "HELD", "abc", 7, Arg.Any<CancellationToken>()).Returns(_ => new Paged<ReservationView>([Held("mina")], "next"));

        var answer = await _api.SendAsync("GET", Path + "?status=HELD&continuation=abc&limit=7", null, ("x-admin-key", Api.AdminKey));

        answer.Status.ShouldBe(200);
        answer.Data["items"]![0]!["userId"]!.GetValue<string>().ShouldBe("mina");
        answer.Data["continuation"]!.GetValue<string>().ShouldBe("next");
        answer.Headers.Vary.ToString().ShouldContain("Accept");
        (await _api.SendAsync("GET", Path + "?status=HELD&status=PAYING", null, ("x-admin-key", Api.AdminKey))).ShouldBeProblem(400, "invalid-request");
        (await _api.SendAsync("GET", Path + "?limit=101", null, ("x-admin-key", Api.AdminKey))).ShouldBeProblem(400, "invalid-request");
    }

    private static string Plain(byte[] body, string? encoding)
    {
        using Stream stream = encoding switch
        {
            "gzip" => new GZipStream(new MemoryStream(body), CompressionMode.Decompress),
            "br" => new BrotliStream(new MemoryStream(body), CompressionMode.Decompress),
            _ => new MemoryStream(body),
        };
        return new StreamReader(stream, Encoding.UTF8).ReadToEnd();
    }

    /// <summary>A server's response, part of which has been sent.</summary>
    private sealed class StartedResponse : Microsoft.AspNetCore.Http.Features.HttpResponseFeature
    {
        public override bool HasStarted => true;
    }
}
