using System.Text.Json;

namespace Concert.Recovery.Tests.Load;

/// <summary>What came back: the data of a success, or the code of a refusal.</summary>
internal sealed record Answer(int Status, JsonElement Data, string? Code)
{
    public bool IsSuccess => Status is >= 200 and < 300;

    public string Text(string property) => Data.GetProperty(property).GetString()!;
}
