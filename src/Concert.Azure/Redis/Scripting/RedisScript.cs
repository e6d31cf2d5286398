using System.Security.Cryptography;
using System.Text;

namespace Concert.Azure.Redis.Scripting;

/// <summary>A Lua script that ships with this library.</summary>
public sealed class RedisScript
{
    internal RedisScript(string name, string text)
    {
        Name = name;
        Text = text;
#pragma warning disable CA5350 // Redis names scripts by their SHA-1; nothing is secured by it.
        Sha1 = Convert.ToHexStringLower(SHA1.HashData(Encoding.UTF8.GetBytes(text)));
#pragma warning restore CA5350
    }

    /// <summary>For logs and traces, such as <c>room-join</c>.</summary>
    public string Name { get; }

    /// <summary>What EVAL takes.</summary>
    public string Text { get; }

    /// <summary>What EVALSHA takes: 40 lower-case hexadecimal digits.</summary>
    public string Sha1 { get; }

    public override string ToString() => Name;

    /// <summary>Reads the embedded file <paramref name="name"/>.lua, after the text of <paramref name="prelude"/>.lua when there is one.</summary>
    internal static RedisScript Load(string name, string? prelude = null) =>
        new(name, prelude is null ? Read(name) : Read(prelude) + Read(name));

    private static string Read(string name)
    {
        using var stream = typeof(RedisScript).Assembly.GetManifestResourceStream(name + ".lua")
            ?? throw new InvalidOperationException($"The script {name}.lua is not in the assembly.");
        using var reader = new StreamReader(stream, Encoding.UTF8);
        return reader.ReadToEnd();
    }
}
