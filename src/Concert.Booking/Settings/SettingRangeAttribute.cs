using System.ComponentModel.DataAnnotations;
using System.Globalization;

namespace Concert.Booking.Settings;

/// <summary>The range of a setting, both ends included. What is outside of it is said in one line that names the setting as it is written in configuration.</summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class SettingRangeAttribute : ValidationAttribute
{
    private readonly string _section;
    private readonly IComparable _min;
    private readonly IComparable _max;

    /// <summary>For whole numbers.</summary>
    public SettingRangeAttribute(string section, long min, long max) => (_section, _min, _max) = (section, min, max);

    /// <summary>For times, written as in configuration.</summary>
    public SettingRangeAttribute(string section, string min, string max) => (_section, _min, _max) = (section, Time(min), Time(max));

    protected override ValidationResult? IsValid(object? value, ValidationContext validationContext)
    {
        ArgumentNullException.ThrowIfNull(validationContext);
        var comparable = value is int number ? (long)number : value;
        // No member name in the result: the options' builder would put it in front of the line.
        return _min.CompareTo(comparable) <= 0 && _max.CompareTo(comparable) >= 0
            ? ValidationResult.Success
            : new ValidationResult($"{_section}:{validationContext.MemberName} is {value}; it must be {_min} to {_max}.");
    }

    private static TimeSpan Time(string text) => TimeSpan.ParseExact(text, "c", CultureInfo.InvariantCulture);
}
