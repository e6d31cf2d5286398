using Microsoft.Extensions.Options;

namespace Concert.Api;

/// <summary>Section <c>Api</c>.</summary>
public sealed class ApiOptions
{
    public const string Section = "Api";

    /// <summary>Requests handled at once; one more is refused at once with 429, because a quick no is better than a slow timeout.</summary>
    [SettingRange(Section, 1, 1_000_000)]
    public int MaxConcurrentRequests { get; set; } = 8192;

    /// <summary>Requests that <c>Prefer: wait</c> may hold at once; one more is answered without waiting, as RFC 7240 allows.</summary>
    [SettingRange(Section, 0, 1_000_000)]
    public int MaxWaitingRequests { get; set; } = 4096;
}

[OptionsValidator]
internal sealed partial class ApiOptionsValidation : IValidateOptions<ApiOptions>;

/// <summary>Section <c>Cors</c>.</summary>
public sealed class CorsSettings : IValidateOptions<CorsSettings>
{
    public const string Section = "Cors";

    /// <summary>Origins whose pages may call the API, such as <c>https://shop.example</c>; <c>*</c> for all. None without it.</summary>
    public IList<string> AllowedOrigins { get; } = [];

    public ValidateOptionsResult Validate(string? name, CorsSettings options)
    {
        ArgumentNullException.ThrowIfNull(options);
        var wrong = options.AllowedOrigins.Where(origin => origin != "*" && !IsOrigin(origin))
            .Select(origin => $"{Section}:AllowedOrigins has '{origin}'; an origin is a scheme and a host such as https://shop.example, without a path.").ToList();
        return wrong.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(wrong);
    }

    private static bool IsOrigin(string text) =>
        Uri.TryCreate(text, UriKind.Absolute, out var uri) && uri.Scheme is "http" or "https" && uri.PathAndQuery == "/" && !text.EndsWith('/');
}
