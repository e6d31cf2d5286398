using System.Text.Json;
using System.Text.Json.Serialization;

namespace Concert.Rush.Output;

/// <summary>The result for machines.</summary>
public static class JsonReport
{
    private static readonly JsonSerializerOptions Format = new(JsonSerializerDefaults.Web)
    {
        WriteIndented = true,
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.KebabCaseLower) },
    };

    public static async Task WriteAsync(string path, RushResult result, CancellationToken cancellationToken) =>
        await File.WriteAllTextAsync(path, JsonSerializer.Serialize(result, Format), cancellationToken);
}
