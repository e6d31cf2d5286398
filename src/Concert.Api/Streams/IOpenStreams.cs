namespace Concert.Api.Streams;

/// <summary>The open streams of events, for a host that has to know how many there are.</summary>
public interface IOpenStreams
{
    /// <summary>How many are open just now.</summary>
    int Count { get; }
}
