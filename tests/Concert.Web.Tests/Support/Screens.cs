namespace Concert.Web.Tests.Support;

/// <summary>The kinds of screen that every page has to fit.</summary>
internal static class Screens
{
    /// <param name="options">What a browser is opened with.</param>
    /// <param name="kind">"phone", "dark" and "ko" in any combination with hyphens, "ko" last; or "forced", for forced colours.</param>
    public static void OfScreen(this BrowserNewContextOptions options, string kind)
    {
        if (kind.StartsWith("phone", StringComparison.Ordinal))
        {
            options.ViewportSize = new() { Width = 360, Height = 740 };
            (options.HasTouch, options.IsMobile, options.DeviceScaleFactor) = (true, true, 2);
        }

        options.ColorScheme = kind.Contains("dark", StringComparison.Ordinal) ? ColorScheme.Dark : ColorScheme.Light;
        options.ForcedColors = kind == "forced" ? ForcedColors.Active : ForcedColors.None;
        options.Locale = kind.EndsWith("ko", StringComparison.Ordinal) ? "ko-KR" : "en-GB";
    }
}
