using System.Text;

namespace Concert.Azure.Redis.Scripting;

/// <summary>A Lua script that ships with this library. The client sends its hash, and its text where the server does not know it (yet, or any more).</summary>
/// <param name="Name">For logs, such as <c>room-join</c>.</param>
/// <param name="Text">What EVAL takes.</param>
internal sealed record RedisScript(string Name, string Text)
{
    public override string ToString() => Name;

    /// <summary>Reads the embedded file <paramref name="name"/>.lua, after the text of <paramref name="prelude"/>.lua when there is one.</summary>
    public static RedisScript Load(string name, string? prelude = null) =>
        new(name, prelude is null ? Read(name) : Read(prelude) + Read(name));

    private static string Read(string name)
    {
        using var stream = typeof(RedisScript).Assembly.GetManifestResourceStream(name + ".lua")
            ?? throw new InvalidOperationException($"The script {name}.lua is not in the assembly.");
        using var reader = new StreamReader(stream, Encoding.UTF8);
        return reader.ReadToEnd();
    }
}
