namespace Concert.Concurrency.Tests.Exploration;

/// <summary>A mistake to be found: <paramref name="Production"/> in the source <paramref name="File"/> becomes <paramref name="Defective"/>.</summary>
public sealed record PlantedRace(string Name, string File, string Production, string Defective, string Scenario);
