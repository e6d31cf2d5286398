using System.ComponentModel.DataAnnotations;

namespace Concert.Booking.Shared;

/// <summary>One of the names of an enumeration: the binder also takes any number for one.</summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class SettingChoiceAttribute(string section) : ValidationAttribute
{
    protected override ValidationResult? IsValid(object? value, ValidationContext validationContext)
    {
        ArgumentNullException.ThrowIfNull(validationContext);
        // No member name in the result: the options' builder would put it in front of the line.
        return value is Enum choice && Enum.IsDefined(choice.GetType(), choice)
            ? ValidationResult.Success
            : new ValidationResult($"{section}:{validationContext.MemberName} is {value}; it must be {string.Join(" or ", Enum.GetNames(value!.GetType()))}.");
    }
}
