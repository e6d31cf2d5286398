namespace Concert.Lab.Running;

/// <param name="Runs">Measured rounds.</param>
/// <param name="Ways">Ids.</param>
/// <param name="Works">Ids.</param>
/// <param name="Scale">1 for the real sizes.</param>
/// <param name="Limit">Of a round.</param>
/// <param name="HttpSeconds">Of a round of the sale over HTTP; 0 for none.</param>
internal sealed record LabSettings(int Runs, IReadOnlyList<string> Ways, IReadOnlyList<string> Works, double Scale, TimeSpan Limit, int HttpSeconds);
