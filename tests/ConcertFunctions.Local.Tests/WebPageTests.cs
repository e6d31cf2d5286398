using System.Text;
using System.Text.RegularExpressions;

namespace ConcertFunctions.Local.Tests;

/// <summary>The pages as files: what the host serves at its root, and with which headers.</summary>
public sealed partial class WebPageTests
{
    [Theory]
    [InlineData("/", "text/html; charset=utf-8")]
    [InlineData("/index.html", "text/html; charset=utf-8")]
    [InlineData("/js/app.js", "text/javascript; charset=utf-8")]
    [InlineData("/css/base.css", "text/css; charset=utf-8")]
    [InlineData("/icon.svg", "image/svg+xml")]
    [InlineData("/config.json", "application/json")]
    [InlineData("/ops/", "text/html; charset=utf-8")]
    [InlineData("/ops/app.js", "text/javascript; charset=utf-8")]
    [InlineData("/ops/ops.css", "text/css; charset=utf-8")]
    public async Task File_OfThePage_HasTypePolicyAndTag(string path, string type)
    {
        await using var app = await LocalApp.StartAsync();
        foreach (var method in new[] { "GET", "HEAD" })
        {
            var answer = (await app.SendAsync(method, path)).ShouldBe(200);
            answer.ContentHeaders.ContentType!.ToString().ShouldBe(type);
            answer.Headers.CacheControl!.ToString().ShouldBe("no-cache");
            answer.Headers.GetValues("X-Content-Type-Options").ShouldBe(["nosniff"]);
            var policy = answer.Headers.GetValues("Content-Security-Policy").Single();
            policy.ShouldContain("default-src 'none'");
            policy.ShouldContain("script-src 'self';");
            policy.ShouldContain("connect-src 'self';");
            policy.ShouldNotContain("unsafe");
            (method == "HEAD" ? answer.Body.Length == 0 : answer.Body.Length > 0).ShouldBeTrue();
        }

        if (path != "/config.json")
        {
            var tag = (await app.SendAsync("GET", path)).Headers.ETag!.Tag;
            (await app.SendAsync("GET", path, null, ("If-None-Match", tag))).ShouldBe(304);
        }
    }

    [Theory]
    [InlineData("/staticwebapp.config.json")]
    [InlineData("/js")]
    [InlineData("/js/nothing.js")]
    [InlineData("/ops/nothing.js")]
    [InlineData("/ops/screens/")]
    [InlineData("/../appsettings.json")]
    [InlineData("/%2e%2e/appsettings.json")]
    [InlineData("/js/..%2f..%2fappsettings.json")]
    [InlineData("/appsettings.json")]
    public async Task File_ThatIsNotOfThePage_IsAProblem(string path)
    {
        await using var app = await LocalApp.StartAsync();
        (await app.SendAsync("GET", path)).ShouldFail(404, "invalid-request");
    }

    [Fact]
    public async Task File_AskedForPacked_IsPacked()
    {
        await using var app = await LocalApp.StartAsync();
        (await app.SendAsync("GET", "/js/app.js", null, ("Accept-Encoding", "br"))).ContentHeaders.ContentEncoding.ShouldBe(["br"]);
    }

    [Fact]
    public async Task Config_PlatformIdentity_IsSaid()
    {
        await using var app = await LocalApp.StartAsync("--Identity:Mode=Platform");
        var config = (await app.SendAsync("GET", "/config.json")).ShouldBe(200).Json;
        config["identity"]!.GetValue<string>().ShouldBe("Platform");
        config["api"]!.GetValue<string>().ShouldBe("");
    }

    [Theory]
    [InlineData("/")]
    [InlineData("/ops/")]
    public async Task Page_Scripts_AreFilesOfItsOwn(string page)
    {
        await using var app = await LocalApp.StartAsync();
        var html = Encoding.UTF8.GetString((await app.SendAsync("GET", page)).Body);
        Inline().IsMatch(html).ShouldBeFalse();
        foreach (var file in Reference().Matches(html).Select(match => match.Groups["file"].Value).Where(file => !file.StartsWith('#')))
        {
            file.ShouldNotContain("//");
            (await app.SendAsync("GET", "/" + file.TrimStart('/'))).ShouldBe(200);
        }
    }

    [Fact]
    public async Task Folder_WithoutItsSlash_LeadsToItsPage()
    {
        await using var app = await LocalApp.StartAsync();
        // The client goes where it is sent.
        (await app.SendAsync("GET", "/ops")).ShouldBe(200).Body.ShouldBe((await app.SendAsync("GET", "/ops/")).Body);
    }

    [GeneratedRegex("<script(?![^>]*src=)|<style|\\sstyle=|\\son[a-z]+=", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Inline();

    [GeneratedRegex("(src|href)=\"(?<file>[^\"]+)\"", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Reference();
}
