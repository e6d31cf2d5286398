using Microsoft.Extensions.Options;

namespace Concert.Api;

/// <summary>Section <c>Api</c>.</summary>
public sealed class ApiOptions
{
    public const string Section = "Api";

    /// <summary>Requests handled at once; one more is refused at once with 429, because a quick no is better than a slow timeout.</summary>
    public int MaxConcurrentRequests { get; set; } = 8192;

    /// <summary>Requests that may wait for an outcome at once (<c>Prefer: wait</c>); one more is answered without waiting, as RFC 7240 allows.</summary>
    public int MaxWaitingRequests { get; set; } = 4096;
}

internal sealed class ApiOptionsValidation : IValidateOptions<ApiOptions>
{
    public ValidateOptionsResult Validate(string? name, ApiOptions options)
    {
        List<string> wrong = [];
        Check("Api:MaxConcurrentRequests", options.MaxConcurrentRequests, 1, wrong);
        Check("Api:MaxWaitingRequests", options.MaxWaitingRequests, 0, wrong);
        return wrong.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(wrong);
    }

    private static void Check(string setting, int value, int min, List<string> wrong)
    {
        const int Max = 1_000_000;
        if (value < min || value > Max)
        {
            wrong.Add($"{setting} is {value}; it must be {min} to {Max}.");
        }
    }
}
