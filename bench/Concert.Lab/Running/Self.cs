namespace Concert.Lab.Running;

/// <summary>How to start this program once more.</summary>
internal static class Self
{
    public static string Program => Environment.ProcessPath!;

    /// <summary>Started as <c>dotnet Concert.Lab.dll</c>, the program is dotnet.</summary>
    public static string[] Arguments(params string[] arguments) =>
        Path.GetFileNameWithoutExtension(Program) == "dotnet" ? [typeof(Self).Assembly.Location, .. arguments] : arguments;
}
