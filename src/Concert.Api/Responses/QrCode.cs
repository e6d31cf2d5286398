using System.Text;
using QRCoder;

namespace Concert.Api.Responses;

/// <summary>QR codes (ISO/IEC 18004) of level M, which can be read with 15 % of them hidden: a scratched phone is the usual paper.</summary>
internal static class QrCode
{
    /// <summary>A picture of any size: its view box counts modules, the quiet zone of four included.</summary>
    public static byte[] Svg(string text)
    {
        using var data = QRCodeGenerator.GenerateQrCode(text, QRCodeGenerator.ECCLevel.M);
        using var code = new SvgQRCode(data);
        return Encoding.UTF8.GetBytes(code.GetGraphic(1, "#000000", "#ffffff", drawQuietZones: true, SvgQRCode.SizingMode.ViewBoxAttribute));
    }
}
