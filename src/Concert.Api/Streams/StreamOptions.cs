using Microsoft.Extensions.Options;

namespace Concert.Api.Streams;

/// <summary>Section <c>Streams</c>: server-sent events.</summary>
public sealed class StreamOptions
{
    public const string Section = "Streams";

    /// <summary>Streams open at once; one more is refused with 429, and its page asks again and again as without streams.</summary>
    [SettingRange(Section, 1, 1_000_000)]
    public int MaxOpen { get; set; } = 10_000;

    /// <summary>
    /// Streams of one queue token. A browser has six connections to a server of HTTP/1.1, over all its tabs: some have to be left for everything else.
    /// </summary>
    [SettingRange(Section, 1, 100)]
    public int MaxPerToken { get; set; } = 4;

    /// <summary>The longest a stream lives; between four fifths of it and all of it, so that those opened together do not all come back together.</summary>
    [SettingRange(Section, "00:00:01", "01:00:00")]
    public TimeSpan Lifetime { get; set; } = TimeSpan.FromMinutes(10);

    /// <summary>A stream on which nothing was sent for so long gets a comment, so that both sides and what is between them know that it is alive.</summary>
    [SettingRange(Section, "00:00:01", "00:01:00")]
    public TimeSpan Heartbeat { get; set; } = TimeSpan.FromSeconds(15);
}

[OptionsValidator]
internal sealed partial class StreamOptionsValidation : IValidateOptions<StreamOptions>;
