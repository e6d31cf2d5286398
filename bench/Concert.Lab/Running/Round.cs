namespace Concert.Lab.Running;

/// <summary>What one round of one way at one work gave.</summary>
/// <param name="IsCorrect">Every promise was kept.</param>
/// <param name="Verdict">"correct", or what was lost.</param>
/// <param name="Asked">Operations of the work.</param>
/// <param name="Answered">Of these, done or refused before the time limit.</param>
/// <param name="Seconds">From the first call to the last answer.</param>
/// <param name="P50">Milliseconds from a call to its outcome.</param>
/// <param name="P99">The same.</param>
/// <param name="Retries">Tries made again.</param>
/// <param name="Processor">Processor seconds of this process.</param>
/// <param name="ServerProcessor">Processor seconds of the servers.</param>
/// <param name="Memory">Peak of this process, MB.</param>
/// <param name="ServerMemory">Of the servers at the end, MB.</param>
internal sealed record Round(
    bool IsCorrect,
    string Verdict,
    int Asked,
    int Answered,
    double Seconds,
    double P50,
    double P99,
    long Retries,
    double Processor,
    double ServerProcessor,
    double Memory,
    double ServerMemory)
{
    public double PerSecond => Seconds > 0 ? Answered / Seconds : 0;

    public bool IsCut => Answered < Asked;
}
