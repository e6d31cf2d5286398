using System.Net;
using Concert.Booking.Settings;

namespace ConcertFunctions.Local.Settings;

/// <summary>
/// Where the host listens, checked before the server reads it: the server takes <c>http://127.0.0.1:abc</c> for all interfaces, and others end in a stack trace.
/// </summary>
internal static class Addresses
{
    /// <summary>Throws <see cref="BadSettingException"/> for the first address that cannot be listened on, or that was not meant to be reached from elsewhere.</summary>
    /// <param name="configuration">Every source of addresses: <c>urls</c> and <c>Kestrel:Endpoints</c>.</param>
    /// <param name="allowRemote">Whether other machines may reach the host although it believes what its callers say of themselves.</param>
    public static void Check(IConfiguration configuration, bool allowRemote)
    {
        var mayBeRemote = allowRemote
            || string.Equals(configuration["Identity:Mode"], nameof(IdentityMode.Platform), StringComparison.OrdinalIgnoreCase);
        var urls = (configuration["urls"] ?? "").Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        var endpoints = configuration.GetSection("Kestrel:Endpoints").GetChildren().Select(endpoint => endpoint["Url"] ?? "");
        foreach (var url in urls.Concat(endpoints))
        {
            Check(url, mayBeRemote);
        }
    }

    private static void Check(string url, bool mayBeRemote)
    {
        // "Any interface" has spellings that are no URI.
        var isAny = url.StartsWith("http://+", StringComparison.OrdinalIgnoreCase) || url.StartsWith("http://*", StringComparison.OrdinalIgnoreCase);
        var spelled = isAny ? string.Concat("http://0.0.0.0", url.AsSpan("http://+".Length)) : url;
        if (!Uri.TryCreate(spelled, UriKind.Absolute, out var uri) || uri.Host.Length == 0)
        {
            throw new BadSettingException($"{url} is not an address to listen on: it must be like http://localhost:7071, with a port of at most 65535.");
        }

        if (uri.Scheme != Uri.UriSchemeHttp)
        {
            throw new BadSettingException($"{url} begins with {uri.Scheme}; this host speaks http only. For https put a proxy in front of it.");
        }

        if (uri.PathAndQuery != "/" || uri.Fragment.Length > 0 || uri.UserInfo.Length > 0)
        {
            throw new BadSettingException($"{url} has more than a host and a port.");
        }

        var isName = uri.HostNameType == UriHostNameType.Dns;
        var isLocalhost = isName && string.Equals(uri.Host, "localhost", StringComparison.OrdinalIgnoreCase);
        if (isLocalhost && uri.Port == 0)
        {
            throw new BadSettingException($"{url}: localhost is two addresses, so a free port cannot be chosen for it. Use http://127.0.0.1:0.");
        }

        // The server listens on all interfaces for a name that it does not know.
        var isLoopback = isLocalhost || (!isName && IPAddress.TryParse(uri.DnsSafeHost, out var address) && IPAddress.IsLoopback(address));
        if (!isLoopback && !mayBeRemote)
        {
            throw new BadSettingException(
                $"{url} can be reached from other machines, and with Identity:Mode Development anybody is whoever they say. Add --allow-remote if that is meant.");
        }
    }
}
