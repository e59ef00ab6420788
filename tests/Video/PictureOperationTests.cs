using System.Globalization;

namespace Unreel.Video.Tests;

/// <summary>Every operation of RandAugment against Pillow, and by hand where that is short.</summary>
public sealed class PictureOperationTests : IDisposable
{
    private const string Python = "/usr/bin/python3";
    private static readonly FrameSize Size = new(23, 17);
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [ProgramTheory(Python, "-c", "import PIL")]
    [InlineData("AutoContrast", 0, 0)]
    [InlineData("Equalize", 0, 0)]
    [InlineData("Invert", 0, 0)]
    [InlineData("Posterize", 4, 0)]
    [InlineData("Posterize", 1, 0)]
    [InlineData("Posterize", 0, 0)]
    [InlineData("Solarize", 256, 0)]
    [InlineData("Solarize", 77, 0)]
    [InlineData("SolarizeAdd", 77, 0)]
    [InlineData("Color", 0.1, 0)]
    [InlineData("Color", 1.63, 0)]
    [InlineData("Contrast", 0.37, 0)]
    [InlineData("Contrast", 1.9, 0)]
    [InlineData("Brightness", 0.37, 0)]
    [InlineData("Brightness", 1.63, 0)]
    [InlineData("Sharpness", 0.1, 0)]
    [InlineData("Sharpness", 1.9, 0)]
    [InlineData("Rotate", 21, 1)]
    [InlineData("Rotate", -7.5, 1)]
    [InlineData("ShearX", 0.21, 1)]
    [InlineData("ShearY", -0.3, 1)]
    [InlineData("TranslateX", 0.315, 1)]
    [InlineData("TranslateY", -0.45, 1)]
    public void Does_what_Pillow_does(string kind, double amount, int tolerance)
    {
        byte[] frame = Frame(contrast: kind is "AutoContrast" or "Equalize" ? 120 : 256);
        byte[] expected = Ask(frame, kind, amount);

        byte[] actual = Applied(Enum.Parse<PictureOperationKind>(kind), (float)amount, frame);

        for (int i = 0; i < frame.Length; i++)
            Assert.True(Math.Abs(expected[i] - actual[i]) <= tolerance, $"{kind} {amount}: value {i} is {actual[i]}, Pillow's {expected[i]}.");
    }

    [Fact]
    public void A_plain_frame_has_no_contrast_to_stretch_and_no_histogram_to_flatten()
    {
        byte[] plain = new byte[Size.Width * Size.Height * 3];
        Array.Fill(plain, (byte)90);

        Assert.Equal(plain, Applied(PictureOperationKind.AutoContrast, 0, plain));
        Assert.Equal(plain, Applied(PictureOperationKind.Equalize, 0, plain));
    }

    // Translated by whole pixels, every pixel is another's: output x shows input x + amount * width.
    [Fact]
    public void A_translation_by_whole_pixels_moves_them_and_fills_with_grey()
    {
        var size = new FrameSize(4, 1);
        byte[] frame = [10, 11, 12, 20, 21, 22, 30, 31, 32, 40, 41, 42];

        new PictureOperation(PictureOperationKind.TranslateX, 0.25f).Apply(frame, size);

        Assert.Equal([20, 21, 22, 30, 31, 32, 40, 41, 42, 128, 128, 128], frame);
    }

    [Theory]
    [InlineData("Rotate", 0, 0)]
    [InlineData("Rotate", 7, 21)]
    [InlineData("Posterize", 0, 4)]
    [InlineData("Posterize", 7, 2)]
    [InlineData("Posterize", 10, 0)]
    [InlineData("Solarize", 0, 256)]
    [InlineData("Solarize", 7, 77)]
    [InlineData("Solarize", 10, 0)]
    [InlineData("SolarizeAdd", 7, 77)]
    [InlineData("SolarizeAdd", 10, 110)]
    [InlineData("Color", 7, 1.63)]
    [InlineData("Contrast", 0, 1)]
    [InlineData("Brightness", 10, 1.9)]
    [InlineData("Sharpness", 5, 1.45)]
    [InlineData("ShearX", 7, 0.21)]
    [InlineData("ShearY", 10, 0.3)]
    [InlineData("TranslateX", 7, 0.315)]
    [InlineData("TranslateY", 10, 0.45)]
    public void Strength_grows_with_the_magnitude(string kind, double magnitude, double amount)
    {
        PictureOperation one = PictureOperation.Of(Enum.Parse<PictureOperationKind>(kind), magnitude, negative: false);
        PictureOperation other = PictureOperation.Of(Enum.Parse<PictureOperationKind>(kind), magnitude, negative: true);

        Assert.Equal(amount, one.Amount, 5);
        double turned = kind switch
        {
            "Posterize" or "Solarize" or "SolarizeAdd" => amount,
            "Color" or "Contrast" or "Brightness" or "Sharpness" => 2 - amount,
            _ => -amount,
        };
        Assert.Equal(turned, other.Amount, 5);
    }

    [Fact]
    public void There_are_fifteen() => Assert.Equal(PictureOperation.Kinds, Enum.GetValues<PictureOperationKind>().Length);

    private static byte[] Applied(PictureOperationKind kind, float amount, byte[] frame)
    {
        byte[] changed = [.. frame];
        new PictureOperation(kind, amount).Apply(changed, Size);
        return changed;
    }

    private static byte[] Frame(int contrast)
    {
        var random = new RandomStream(4, "test frame", 0);
        byte[] frame = new byte[Size.Width * Size.Height * 3];
        for (int i = 0; i < frame.Length; i++)
            frame[i] = (byte)(random.NextInt(contrast) + ((256 - contrast) / 3));
        return frame;
    }

    private byte[] Ask(byte[] frame, string kind, double amount)
    {
        File.WriteAllBytes(_folder.File("frame.bin"), frame);
        File.WriteAllText(_folder.File("judge.py"), Script);
        string number = amount.ToString(CultureInfo.InvariantCulture);
        (int code, string output) = Judges.Run(Python, _folder.File("judge.py"), _folder.File("frame.bin"), $"{Size.Width}", $"{Size.Height}", kind, number);
        Assert.True(code == 0, output);
        return File.ReadAllBytes(_folder.File("frame.bin"));
    }

    private const string Script = """
        import sys
        from PIL import Image, ImageEnhance, ImageOps
        path, width, height, kind, amount = sys.argv[1], int(sys.argv[2]), int(sys.argv[3]), sys.argv[4], float(sys.argv[5])
        picture = Image.frombytes('RGB', (width, height), open(path, 'rb').read())

        def moved(*map):
            return picture.transform(picture.size, Image.AFFINE, map, resample=Image.BILINEAR, fillcolor=(128, 128, 128))

        if kind == 'AutoContrast': out = ImageOps.autocontrast(picture)
        elif kind == 'Equalize': out = ImageOps.equalize(picture)
        elif kind == 'Invert': out = ImageOps.invert(picture)
        elif kind == 'Posterize': out = ImageOps.posterize(picture, int(amount))
        elif kind == 'Solarize': out = ImageOps.solarize(picture, int(amount))
        elif kind == 'SolarizeAdd': out = picture.point([min(255, v + int(amount)) if v < 128 else v for v in range(256)] * 3)
        elif kind in ('Color', 'Contrast', 'Brightness', 'Sharpness'): out = getattr(ImageEnhance, kind)(picture).enhance(amount)
        elif kind == 'Rotate': out = picture.rotate(amount, resample=Image.BILINEAR, fillcolor=(128, 128, 128))
        elif kind == 'ShearX': out = moved(1, amount, 0, 0, 1, 0)
        elif kind == 'ShearY': out = moved(1, 0, 0, amount, 1, 0)
        elif kind == 'TranslateX': out = moved(1, 0, amount * width, 0, 1, 0)
        elif kind == 'TranslateY': out = moved(1, 0, 0, 0, 1, amount * height)
        open(path, 'wb').write(out.tobytes())
        """;
}
