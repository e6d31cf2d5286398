using System.ComponentModel.DataAnnotations;

namespace Concert.Booking.Settings;

/// <summary>The least length of a secret, in characters. What is shorter is said in one line that names the setting and never the secret.</summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class SecretLengthAttribute(string section, int min) : ValidationAttribute
{
    public string Section => section;

    public int Min => min;

    /// <summary>Empty is allowed, too.</summary>
    public bool IsOptional { get; init; }

    protected override ValidationResult? IsValid(object? value, ValidationContext validationContext)
    {
        ArgumentNullException.ThrowIfNull(validationContext);
        var length = (value as string)?.Length ?? 0;
        return length >= min || (IsOptional && length == 0)
            ? ValidationResult.Success
            : new ValidationResult($"{section}:{validationContext.MemberName} must {(IsOptional ? "be empty or " : "")}have at least {min} characters.");
    }
}
