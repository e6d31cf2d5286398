using System.ComponentModel.DataAnnotations;

namespace Concert.Booking.Settings;

/// <summary>A setting that is one of an enumeration's names. The binder takes any number for one; what none of them has is said in one line.</summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class SettingChoiceAttribute(string section) : ValidationAttribute
{
    public string Section => section;

    protected override ValidationResult? IsValid(object? value, ValidationContext validationContext)
    {
        ArgumentNullException.ThrowIfNull(validationContext);
        return value is Enum choice && Enum.IsDefined(choice.GetType(), choice)
            ? ValidationResult.Success
            : new ValidationResult($"{section}:{validationContext.MemberName} is {value}; it must be {string.Join(" or ", Enum.GetNames(value!.GetType()))}.");
    }
}
