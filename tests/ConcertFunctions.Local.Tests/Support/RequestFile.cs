using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace ConcertFunctions.Local.Tests.Support;

/// <summary>One request of a .http file. <see cref="Expected"/> is the status that its title names; null for any success.</summary>
internal sealed record WrittenRequest(string Title, string? Name, string Method, string Url, IReadOnlyList<(string Name, string Value)> Headers, string? Body)
{
    public int? Expected => Regex.Match(Title, "(?<status>4[0-9]{2}) [a-z-]+$", RegexOptions.ExplicitCapture, TimeSpan.FromSeconds(1)) is { Success: true } found
        ? int.Parse(found.Groups["status"].Value, CultureInfo.InvariantCulture)
        : null;
}

/// <summary>Reads .http files, and fills in what stands in double braces as the editors do that send them.</summary>
internal sealed partial class RequestFile(IReadOnlyDictionary<string, string> variables)
{
    private readonly Dictionary<string, JsonNode> _answers = new(StringComparer.Ordinal);

    /// <summary>A file of the repository that this was compiled in.</summary>
    public static string Read(string file) => File.ReadAllText(Path.Combine(Folder(), "..", "..", "..", file));

    public static IReadOnlyList<WrittenRequest> Parse(string text) =>
        [.. text.Split("\n### ").Skip(1).Select(Block).Where(request => request is not null).Select(request => request!)];

    /// <summary>Later requests may use the answer.</summary>
    public void Remember(string name, JsonNode answer) => _answers[name] = answer;

    public string Fill(string text) => Braces().Replace(text, found => found.Groups["inner"].Value.Trim() switch
    {
        "$guid" => Guid.NewGuid().ToString(),
        var time when Time().Match(time) is { Success: true } at => (TimeProvider.System.GetUtcNow() + Span(at)).ToString("yyyy-MM-ddTHH:mm:ssZ", CultureInfo.InvariantCulture),
        var path when path.Contains(".response.body.", StringComparison.Ordinal) => Answered(path),
        var variable => variables[variable],
    });

    private static string Folder([CallerFilePath] string here = "") => Path.GetDirectoryName(here)!;

    private static WrittenRequest? Block(string block)
    {
        var lines = block.Split('\n').ToList();
        var title = lines[0].Trim();
        var name = lines.Find(line => line.StartsWith("# @name ", StringComparison.Ordinal))?["# @name ".Length..].Trim();
        var start = lines.FindIndex(line => RequestLine().IsMatch(line));
        if (start < 0)
        {
            return null;
        }

        var end = lines.FindIndex(start, string.IsNullOrWhiteSpace);
        var parts = lines[start].Split(' ', 2);
        var headers = lines[(start + 1)..(end < 0 ? lines.Count : end)].Select(line => line.Split(": ", 2)).Select(pair => (pair[0], pair[1]));
        var body = end < 0 ? "" : string.Join('\n', lines[end..].TakeWhile(line => !line.StartsWith('#'))).Trim();
        return new WrittenRequest(title, name, parts[0], parts[1].Trim(), [.. headers], body.Length == 0 ? null : body);
    }

    /// <summary>"createSchedule.response.body.$.data.sections[0].seatIds[1]".</summary>
    private string Answered(string path)
    {
        var (name, steps) = path.Split(".response.body.$.") is [var from, var rest] ? (from, rest) : throw new FormatException(path);
        var node = _answers[name];
        foreach (var step in steps.Replace("[", ".", StringComparison.Ordinal).Replace("]", "", StringComparison.Ordinal).Split('.'))
        {
            node = (int.TryParse(step, CultureInfo.InvariantCulture, out var at) ? node[at] : node[step]) ?? throw new KeyNotFoundException($"{path} in {_answers[name]}");
        }

        return node.ToString();
    }

    private static TimeSpan Span(Match at)
    {
        var number = int.Parse(at.Groups["number"].Value, CultureInfo.InvariantCulture);
        return at.Groups["unit"].Value == "d" ? TimeSpan.FromDays(number) : TimeSpan.FromHours(number);
    }

    [GeneratedRegex(@"\{\{(?<inner>[^}]+)\}\}", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Braces();

    [GeneratedRegex(@"^\$datetime iso8601 (?<number>-?\d+) (?<unit>[dh])$", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Time();

    [GeneratedRegex("^(GET|POST|PATCH|PUT|DELETE) ", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex RequestLine();
}
