using OnnxPipeline.Runtime.Images;
using OnnxPipeline.Tests;

namespace OnnxPipeline.Runtime.Tests.Images;

public sealed class ImageDecoderTests
{
    private static readonly byte[] SixColours = [255, 0, 0, 0, 255, 0, 0, 0, 255, 10, 20, 30, 200, 100, 50, 255, 255, 255];

    [Fact]
    public void Rgb_comes_in_the_order_red_green_blue_row_by_row()
    {
        foreach (var file in new[] { TestImages.RgbPng(3, 2, SixColours), TestImages.RgbBmp(3, 2, SixColours) })
        {
            var image = ImageDecoder.Decode(file, 3);
            Assert.Equal((3, 2, 3), (image.Width, image.Height, image.Channels));
            Assert.Equal(SixColours, image.Pixels);
            var planes = new byte[18];
            image.CopyToChw(planes);
            Assert.Equal([255, 0, 0, 10, 200, 255, 0, 255, 0, 20, 100, 255, 0, 0, 255, 30, 50, 255], planes);
        }
    }

    [Fact]
    public void Grey_of_a_colour_is_its_luma_and_of_a_grey_itself()
    {
        var image = ImageDecoder.Decode(TestImages.RgbPng(3, 2, SixColours), 1);
        Assert.Equal([76, 150, 29, 18, 124, 255], image.Pixels);
        var greys = Enumerable.Range(0, 256).Select(v => (byte)v).ToArray();
        Assert.Equal(greys, ImageDecoder.Decode(TestImages.GreyPng(16, 16, greys), 1).Pixels);
        Assert.Equal(greys.SelectMany(v => new[] { v, v, v }), ImageDecoder.Decode(TestImages.GreyPng(16, 16, greys), 3).Pixels);
    }

    [Fact]
    public void Variants_of_png_become_what_the_documentation_says()
    {
        Assert.Equal([0, 0x12, 255], ImageDecoder.Decode(TestImages.Png(3, 1, 0, 16, [0, 0, 0x12, 0x34, 255, 255]), 1).Pixels);
        Assert.Equal([1, 2, 3, 9, 8, 7], ImageDecoder.Decode(TestImages.Png(2, 1, 6, 8, [1, 2, 3, 255, 9, 8, 7, 0]), 3).Pixels);
        Assert.Equal([100, 200], ImageDecoder.Decode(TestImages.Png(2, 1, 4, 8, [100, 255, 200, 0]), 1).Pixels);
        Assert.Equal([9, 8, 7, 1, 2, 3], ImageDecoder.Decode(TestImages.Png(2, 1, 3, 8, [1, 0], palette: [1, 2, 3, 9, 8, 7]), 3).Pixels);
        Assert.Equal([255, 0, 255, 0], ImageDecoder.Decode(TestImages.Png(4, 1, 0, 1, [0b1010_0000]), 1).Pixels);
    }

    [Theory]
    [InlineData("gradient.jpg")]
    [InlineData("gradient-progressive.jpg")]
    public void Jpeg_gives_the_gradient_it_was_made_of(string name)
    {
        var image = ImageDecoder.Decode(Read(name), 3);
        Assert.Equal((24, 17), (image.Width, image.Height));
        for (var y = 0; y < 17; y++)
        {
            for (var x = 0; x < 24; x++)
            {
                var at = (y * 24 + x) * 3;
                Assert.InRange(image.Pixels[at] - x * 255 / 23, -12, 12);
                Assert.InRange(image.Pixels[at + 1] - y * 255 / 16, -12, 12);
                Assert.InRange(image.Pixels[at + 2] - 128, -12, 12);
            }
        }
    }

    /// <summary>The decoder behind it used to swap red and blue of grey JPEGs past the end of their pixels.</summary>
    [Fact]
    public void Grey_jpeg_keeps_each_pixel_in_its_place()
    {
        var grey = ImageDecoder.Decode(Read("gradient-grey.jpg"), 1);
        for (var y = 0; y < 17; y++)
        {
            for (var x = 0; x < 24; x++) Assert.InRange(grey.Pixels[y * 24 + x] - (0.299 * x * 255 / 23 + 0.587 * y * 255 / 16 + 0.114 * 128), -5, 5);
        }
    }

    [Fact]
    public void Palette_bitmaps_and_interlaced_gifs_decode()
    {
        var gif = ImageDecoder.Decode(Read("interlaced.gif"), 3);
        Assert.Equal((5, 11), (gif.Width, gif.Height));
        Assert.Equal(Enumerable.Range(0, 55).SelectMany(i => new[] { (byte)(4 * i), (byte)(255 - 4 * i), (byte)i }), gif.Pixels);
        var bmp = ImageDecoder.Decode(Read("palette.bmp"), 3);
        Assert.Equal(Enumerable.Range(0, 15).SelectMany(i => new[] { (byte)(16 * i), (byte)(255 - 16 * i), (byte)i }), bmp.Pixels);
    }

    [Fact]
    public void What_the_decoder_would_get_wrong_is_refused_with_advice()
    {
        Assert.Contains("CMYK", Refused(Read("cmyk.jpg")));
        Assert.Contains("interlac", Refused(TestImages.Png(4, 4, 0, 8, new byte[16], interlaced: true)));
        Assert.Contains("expected a PNG, JPEG, GIF or BMP", Refused("RIFF....WEBP"u8.ToArray()));
        Assert.Contains("empty", Refused([]));
    }

    [Fact]
    public void A_decompression_bomb_is_refused_by_its_header()
    {
        var bomb = TestImages.Png(50_000, 50_000, 2, 8, []);
        Assert.Contains("50000x50000", Refused(bomb));
        Assert.Contains("2x2", Assert.Throws<ImageException>(() => ImageDecoder.Decode(TestImages.GreyPng(2, 2, new byte[4]), 1, new ImageLimits { MaxPixels = 3 })).Message);
        var jpeg = Read("gradient.jpg");
        var frame = jpeg.AsSpan().IndexOf((ReadOnlySpan<byte>)[0xff, 0xc0]);
        jpeg.AsSpan(frame + 5, 4).Fill(0xff);
        Assert.Contains("65535x65535", Refused(jpeg));
    }

    [Theory]
    [InlineData("gradient.jpg")]
    [InlineData("gradient-progressive.jpg")]
    [InlineData("interlaced.gif")]
    [InlineData("palette.bmp")]
    public void A_file_cut_short_anywhere_is_refused_and_never_hangs(string name)
    {
        var whole = Read(name);
        // A GIF is whole once its last pixel is: what follows is the end code, a block terminator and a trailer.
        var last = name.EndsWith(".gif", StringComparison.Ordinal) ? whole.Length - 6 : whole.Length - 1;
        for (var length = 0; length <= last; length++) Refused(whole[..length]);
    }

    [Fact]
    public void A_png_cut_short_anywhere_is_refused()
    {
        var whole = TestImages.RgbPng(3, 2, SixColours);
        for (var length = 0; length < whole.Length - 4; length++) Refused(whole[..length]);
    }

    /// <summary>Beyond what a catch could show: the decoder behind it answers a malformed JPEG by ending the process.</summary>
    [Fact]
    public void Random_damage_gives_an_image_or_an_error_never_the_end_of_the_process()
    {
        byte[][] files = [.. Directory.GetFiles(DataFolder).Where(f => !f.EndsWith(".md", StringComparison.Ordinal)).Order().Select(File.ReadAllBytes), TestImages.RgbPng(3, 2, SixColours)];
        var limits = new ImageLimits { MaxPixels = 1_000_000 };
        var random = new Random(11);
        var refused = 0;
        for (var i = 0; i < 4000; i++)
        {
            var file = (byte[])files[random.Next(files.Length)].Clone();
            for (var edits = random.Next(1, 5); edits > 0; edits--) file[random.Next(random.Next(3) == 0 ? file.Length : Math.Min(file.Length, 650))] = (byte)random.Next(256);
            try
            {
                ImageDecoder.Decode(file, random.Next(2) == 0 ? 1 : 3, limits);
            }
            catch (ImageException)
            {
                refused++;
            }
        }
        Assert.InRange(refused, 500, 3999);
    }

    [Fact]
    public void Errors_begin_with_the_name_that_is_given() =>
        Assert.StartsWith("cat.png: ", Assert.Throws<ImageException>(() => ImageDecoder.Decode([1], 3, source: "cat.png")).Message);

    [Fact]
    public async Task Many_threads_decode_at_once()
    {
        var jpeg = Read("gradient.jpg");
        var expected = ImageDecoder.Decode(jpeg, 3).Pixels;
        await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Task.Run(() =>
        {
            for (var i = 0; i < 50; i++) Assert.Equal(expected, ImageDecoder.Decode(jpeg, 3).Pixels);
        })));
    }

    private static string DataFolder => Path.Combine(AppContext.BaseDirectory, "data");

    private static byte[] Read(string name) => File.ReadAllBytes(Path.Combine(DataFolder, name));

    private static string Refused(byte[] file) => Assert.Throws<ImageException>(() => ImageDecoder.Decode(file, 3)).Message;
}
