using Microsoft.AspNetCore.Http;

namespace Concert.Api;

/// <summary>
/// Finds operations by path. Azure Functions routes by itself, but answers neither 405 nor our problems, and a head need not fill the route values:
/// so the table can do it alone.
/// </summary>
internal sealed class RouteTable
{
    private readonly List<(string[] Template, ApiOperation Operation)> _routes;

    public RouteTable(IEnumerable<ApiOperation> operations) =>
        _routes = [.. operations.SelectMany(o => o.Routes, (o, route) => (route.Split('/'), o))];

    /// <summary>A route value by the operation's template; null when the path is none of its routes or has no such value.</summary>
    public string? Value(ApiOperation operation, PathString path, string name)
    {
        var segments = Segments(path);
        foreach (var (template, candidate) in _routes)
        {
            if (ReferenceEquals(candidate, operation) && Fits(template, segments))
            {
                var at = Array.IndexOf(template, $"{{{name}}}");
                return at < 0 ? null : segments[at];
            }
        }

        return null;
    }

    /// <summary>The methods this path can be asked with; empty when there is no such path.</summary>
    public IReadOnlyList<string> Methods(PathString path)
    {
        var segments = Segments(path);
        return [.. _routes.Where(r => Fits(r.Template, segments)).Select(r => r.Operation.Method).Distinct().Order(StringComparer.Ordinal)];
    }

    /// <summary>The operation of this path and method, if there is one.</summary>
    public ApiOperation? Find(string method, PathString path)
    {
        var segments = Segments(path);
        return _routes.Where(r => string.Equals(r.Operation.Method, method, StringComparison.OrdinalIgnoreCase) && Fits(r.Template, segments))
            .Select(r => r.Operation)
            .FirstOrDefault();
    }

    private static string[] Segments(PathString path) => (path.Value ?? "").Trim('/').Split('/');

    private static bool Fits(string[] template, string[] segments)
    {
        if (template.Length != segments.Length)
        {
            return false;
        }

        for (var i = 0; i < template.Length; i++)
        {
            if (template[i][0] == '{' ? segments[i].Length == 0 : !string.Equals(template[i], segments[i], StringComparison.OrdinalIgnoreCase))
            {
                return false;
            }
        }

        return true;
    }
}
