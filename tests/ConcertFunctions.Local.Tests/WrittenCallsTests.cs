using System.Diagnostics;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;

namespace ConcertFunctions.Local.Tests;

/// <summary>The calls that the pages show work on a host that has just been started, one after the other.</summary>
public sealed class WrittenCallsTests
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Requests_SentInTheirOrder_AreAnsweredAsTheySay()
    {
        await using var app = await LocalApp.StartOnRealTimeAsync("--Local:Demo=true");
        var file = new RequestFile(new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["host"] = app.Http.BaseAddress!.ToString().TrimEnd('/'),
            ["adminKey"] = LocalApp.AdminKey,
            ["user"] = "kim",
        });
        var requests = RequestFile.Parse(RequestFile.Read("requests.http"));
        requests.Count.ShouldBeGreaterThan(40);
        foreach (var written in requests)
        {
            using var request = new HttpRequestMessage(new HttpMethod(written.Method), file.Fill(written.Url));
            if (written.Body is not null)
            {
                request.Content = new StringContent(file.Fill(written.Body), Encoding.UTF8);
                request.Content.Headers.ContentType = null;
            }

            foreach (var (name, value) in written.Headers)
            {
                if (!request.Headers.TryAddWithoutValidation(name, file.Fill(value)))
                {
                    request.Content!.Headers.ContentType = MediaTypeHeaderValue.Parse(value);
                }
            }

            // An answer that goes on is looked at no further than its beginning.
            using var response = await app.Http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, Stop);
            var isJson = response.Content.Headers.ContentType?.MediaType?.EndsWith("json", StringComparison.Ordinal) is true;
            var answer = isJson ? await response.Content.ReadAsStringAsync(Stop) : "";
            var status = (int)response.StatusCode;
            (written.Expected is { } expected ? status == expected : status is >= 200 and < 300).ShouldBeTrue($"{written.Title}: {status} {answer}");
            if (written.Name is not null)
            {
                file.Remember(written.Name, JsonNode.Parse(answer)!);
            }
        }
    }

    [Fact]
    public async Task Walkthrough_PastedIntoAShell_EndsWithARefund()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "The walkthrough is for bash.");
        await using var app = await LocalApp.StartOnRealTimeAsync("--Local:Demo=true");
        var page = RequestFile.Read("docs/walkthrough.md");
        var start = page.IndexOf("```bash\n", StringComparison.Ordinal) + "```bash\n".Length;
        var script = page[start..page.IndexOf("\n```", start, StringComparison.Ordinal)];
        const string Written = "API=http://localhost:7071/api";
        script.ShouldContain(Written);
        script = script.Replace(Written, $"API={app.Http.BaseAddress!.ToString().TrimEnd('/')}/api", StringComparison.Ordinal);

        using var shell = Process.Start(new ProcessStartInfo("bash", ["-u", "-c", script]) { RedirectStandardOutput = true, RedirectStandardError = true, UseShellExecute = false })!;
        var said = await Task.WhenAll(shell.StandardOutput.ReadToEndAsync(Stop), shell.StandardError.ReadToEndAsync(Stop)).WaitAsync(TimeSpan.FromMinutes(2), Stop);
        await shell.WaitForExitAsync(Stop);
        var output = string.Join('\n', said);
        output.ShouldNotContain("\"success\":false");
        foreach (var part in (string[])["\"status\":\"ACTIVE\"", "\"balance\":300000", "\"status\":\"HELD\"", "\"status\":\"COMPLETED\"", "\"status\":\"CANCELLED\"", "\"kind\":\"REFUND\""])
        {
            output.ShouldContain(part);
        }
    }
}
