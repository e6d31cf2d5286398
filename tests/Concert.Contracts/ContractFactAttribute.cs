using System.Runtime.CompilerServices;
using Xunit;
using Xunit.Sdk;
using Xunit.v3;

namespace Concert.Contracts;

/// <summary>
/// A fact of a contract suite. A class that carries <see cref="NeedsServerAttribute"/> has none of them while its server is not configured:
/// not skipped, not discovered, so that a run without the server is a complete run.
/// </summary>
[XunitTestCaseDiscoverer(typeof(ContractFactDiscoverer))]
[AttributeUsage(AttributeTargets.Method)]
public sealed class ContractFactAttribute(
    [CallerFilePath] string? sourceFilePath = null, [CallerLineNumber] int sourceLineNumber = -1)
    : FactAttribute(sourceFilePath, sourceLineNumber);

/// <summary>The tests of this class exist only when the environment variable, which says where a real server is, has a value.</summary>
[AttributeUsage(AttributeTargets.Class)]
public sealed class NeedsServerAttribute(string variable) : Attribute
{
    public string Variable { get; } = variable;

    public bool Configured => !string.IsNullOrEmpty(Environment.GetEnvironmentVariable(Variable));
}

public sealed class ContractFactDiscoverer : FactDiscoverer
{
    public override ValueTask<IReadOnlyCollection<IXunitTestCase>> Discover(
        ITestFrameworkDiscoveryOptions discoveryOptions, IXunitTestMethod testMethod, IFactAttribute factAttribute)
    {
        ArgumentNullException.ThrowIfNull(testMethod);
        var servers = testMethod.TestClass.Class.GetCustomAttributes(typeof(NeedsServerAttribute), inherit: true).Cast<NeedsServerAttribute>();
        return servers.All(server => server.Configured)
            ? base.Discover(discoveryOptions, testMethod, factAttribute)
            : new ValueTask<IReadOnlyCollection<IXunitTestCase>>([]);
    }
}
