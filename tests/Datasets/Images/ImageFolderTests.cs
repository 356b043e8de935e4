using OnnxPipeline.Tests;

namespace OnnxPipeline.Datasets.Tests.Images;

public sealed class ImageFolderTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_folder_and_every_archive_of_it_give_the_same_bytes()
    {
        var photos = Photos.CatsAndDogs(5, "train/", "test/");
        string[] paths =
        [
            photos.WriteFolder(_folder.File("photos")), photos.WriteTar(_folder.File("a.tar")), photos.WriteTar(_folder.File("a.tgz"), gzip: true), photos.WriteZip(_folder.File("a.zip")),
        ];
        var hashes = paths.Select((path, i) =>
        {
            Build(path, output: $"out{i}");
            return string.Join("\n", Directory.EnumerateFiles(_folder.File($"out{i}")).Order().Select(f => $"{Path.GetFileName(f)} {Convert.ToHexString(File.ReadAllBytes(f))}"));
        }).ToArray();
        Assert.Single(hashes.Distinct());
        Assert.DoesNotContain(Directory.EnumerateFiles(_folder.File("out0")), f => Path.GetFileName(f).StartsWith('.'));
    }

    [Fact]
    public void Splits_and_classes_come_from_the_folders()
    {
        using var data = Build(Photos.CatsAndDogs(6, "train/", "VAL/", "test/"));
        Assert.Equal(["cat", "dog"], data.Labels);
        Assert.Equal((12, 12, 12), (data.Train.Count, data.Validation.Count, data.Test.Count));
        foreach (var (split, p) in new[] { (data.Train, 0), (data.Test, 1), (data.Validation, 2) })
        {
            for (var i = 0; i < split.Count; i++)
            {
                // Blue tells the class, green the folder.
                var image = split.Features[0].Item(i);
                Assert.Equal((BitConverter.ToInt64(split.Label.Item(i)) + 1, Array.IndexOf(["train/", "VAL/", "test/"], split.Name == "train" ? "train/" : split.Name == "test" ? "test/" : "VAL/")), (image[^1], image[Photos.Height * Photos.Width]));
            }
        }
        Assert.Equal([3, Photos.Height, Photos.Width], data.Train.Features.Single().ItemShape);
    }

    [Fact]
    public void Without_split_folders_a_test_part_is_held_out_by_class_the_same_for_every_seed()
    {
        var path = Photos.CatsAndDogs(10).WriteFolder(_folder.File("photos"));
        using var one = Build(path, seed: 1, output: "one");
        using var two = Build(path, seed: 2, output: "two");
        Assert.Equal((12, 4, 4), (one.Train.Count, one.Validation.Count, one.Test.Count));
        Assert.Equal(one.Test.Features[0].Items(0, 4), two.Test.Features[0].Items(0, 4));
        Assert.False(one.Train.Features[0].Items(0, 12).SequenceEqual(two.Train.Features[0].Items(0, 12)));
        using var whole = Build(path, options => options with { Test = 0 }, output: "three");
        Assert.Equal(0, whole.Test.Count);
    }

    [Fact]
    public void A_folder_around_everything_hidden_files_and_other_files_are_passed_over()
    {
        var photos = Photos.CatsAndDogs(5, "holiday/");
        foreach (var other in new[] { "holiday/cat/notes.txt", "README", "holiday/cat/.DS_Store", ".git/cat/x.png", "__MACOSX/holiday/cat/._00.png" }) photos[other] = [1];
        using var data = Build(photos.WriteZip(_folder.File("a.zip")));
        Assert.Equal(["cat", "dog"], data.Labels);
        Assert.Equal(10, data.Train.Count + data.Validation.Count + data.Test.Count);
        Assert.Contains("2 files that are no images", Assert.Single(data.Notes), StringComparison.Ordinal);
    }

    [Fact]
    public void Every_format_counts_whatever_the_case_of_its_ending()
    {
        var photos = Photos.CatsAndDogs(2, "train/");
        photos["train/cat/x.PNG"] = Photos.Plain(9, 9, 9);
        photos["train/dog/y.Bmp"] = TestImages.RgbBmp(Photos.Width, Photos.Height, [.. Enumerable.Repeat((byte)7, 36)]);
        using var data = Build(photos.WriteFolder(_folder.File("photos")), options => options with { Test = 0 });
        Assert.Equal(6, data.Train.Count + data.Validation.Count);
    }

    [Fact]
    public void Grey_is_one_channel_of_luma()
    {
        using var data = Build(Photos.CatsAndDogs(5).WriteFolder(_folder.File("photos")), options => options with { Channels = ImageChannels.Grey });
        Assert.Equal([1, Photos.Height, Photos.Width], data.Train.Features[0].ItemShape);
        Assert.All(data.Train.Features[0].Item(0).ToArray(), value => Assert.InRange(value, 0, 2));
    }

    [Fact]
    public void Resizing_stretches_and_cropping_cuts_the_middle()
    {
        var photos = new Photos();
        foreach (var kind in new[] { "cat", "dog" })
        {
            // Wide: a black middle of 2x2 between white sides.
            for (var i = 0; i < 2; i++) photos[$"train/{kind}/{i}.png"] = TestImages.GreyPng(6, 2, [255, 255, 0, 0, 255, 255, 255, 255, 0, 0, 255, 255]);
        }
        var path = photos.WriteFolder(_folder.File("photos"));
        using var cropped = Build(path, options => options with { Size = "2x2", Fit = ImageFit.Crop, Channels = ImageChannels.Grey, Test = 0 }, output: "crop");
        Assert.Equal([0, 0, 0, 0], cropped.Train.Features[0].Item(0).ToArray());
        using var resized = Build(path, options => options with { Size = "2x2", Channels = ImageChannels.Grey, Test = 0 }, output: "resize");
        Assert.All(resized.Train.Features[0].Item(0).ToArray(), value => Assert.InRange(value, 100, 254));
        using var tall = Build(path, options => options with { Size = "5x3", Fit = ImageFit.Crop, Test = 0 }, output: "tall");
        Assert.Equal([3, 5, 3], tall.Train.Features[0].ItemShape);
    }

    [Fact]
    public void Images_of_several_sizes_need_a_size()
    {
        var photos = Photos.CatsAndDogs(3);
        photos["dog/big.png"] = Photos.Plain(1, 2, 3, height: 8, width: 9);
        var path = photos.WriteFolder(_folder.File("photos"));
        Assert.Contains("1 of 7 images are not of the first one's size, 3x4 (height x width), for example 'dog/big.png' with 8x9", Fault(path), StringComparison.Ordinal);
        using var data = Build(path, options => options with { Size = "8x8" });
        Assert.Equal([3, 8, 8], data.Train.Features[0].ItemShape);
    }

    [Fact]
    public void Broken_images_are_listed_all_at_once_and_left_out_only_when_allowed()
    {
        var photos = Photos.CatsAndDogs(5);
        photos["cat/empty.jpg"] = [];
        photos["dog/text.png"] = "hello"u8.ToArray();
        photos["dog/cut.png"] = photos["dog/00.png"][..40];
        var path = photos.WriteFolder(_folder.File("photos"));
        var fault = Fault(path);
        foreach (var expected in new[] { "3 of 13 images are broken", "cat/empty.jpg: the file is empty", "dog/text.png: not an image", "dog/cut.png: ", "skipBroken" }) Assert.Contains(expected, fault, StringComparison.Ordinal);

        using var data = Build(path, options => options with { SkipBroken = true });
        Assert.Equal(10, data.Train.Count + data.Validation.Count + data.Test.Count);
        Assert.Contains("dog/text.png: not an image", Assert.Single(data.Notes), StringComparison.Ordinal);
    }

    [Fact]
    public void An_image_that_claims_a_size_beyond_reason_is_broken()
    {
        var photos = Photos.CatsAndDogs(3);
        photos["cat/liar.png"] = TestImages.Png(60_000, 60_000, 2, 8, []);
        Assert.Contains("cat/liar.png: the Png image says it is 60000x60000 pixels", Fault(photos.WriteFolder(_folder.File("photos"))), StringComparison.Ordinal);
    }

    [Fact]
    public void A_class_whose_images_are_all_broken_is_missing()
    {
        var photos = Photos.CatsAndDogs(3, "train/", "test/");
        for (var i = 0; i < 3; i++) photos[$"test/dog/{i:00}.png"] = [1];
        Assert.Contains("test has no images of dog that can be decoded", Fault(photos.WriteFolder(_folder.File("photos")), options => options with { SkipBroken = true }), StringComparison.Ordinal);
    }

    [Fact]
    public void Links_to_folders_are_refused_and_links_to_files_are_followed()
    {
        var path = Photos.CatsAndDogs(5).WriteFolder(_folder.File("photos"));
        File.WriteAllBytes(_folder.File("elsewhere.png"), Photos.Plain(5, 5, 5));
        File.CreateSymbolicLink(Path.Combine(path, "cat", "linked.png"), _folder.File("elsewhere.png"));
        File.CreateSymbolicLink(Path.Combine(path, "dog", "nowhere.png"), _folder.File("missing.png"));
        Assert.Contains("dog/nowhere.png: the file cannot be read", Fault(path), StringComparison.Ordinal);
        File.Delete(Path.Combine(path, "dog", "nowhere.png"));
        using (var data = Build(path)) Assert.Equal(11, data.Train.Count + data.Validation.Count + data.Test.Count);

        Directory.CreateSymbolicLink(Path.Combine(path, "cat", "loop"), path);
        Assert.Contains("'cat/loop' is a link to a folder", Fault(path), StringComparison.Ordinal);
    }

    [Fact]
    public void A_limit_and_wrong_labels_work_on_stored_images_as_on_others()
    {
        var path = Photos.CatsAndDogs(20).WriteFolder(_folder.File("photos"));
        using var data = Build(path, data: options => options with { Limit = 4, LabelNoise = 1 });
        Assert.Equal((4, 4, 4), (data.Train.Count, data.Validation.Count, data.Test.Count));
        for (var i = 0; i < 4; i++)
        {
            // Blue tells the true class.
            Assert.Equal(2 - BitConverter.ToInt64(data.Train.Label.Item(i)), data.Train.Features[0].Item(i)[^1]);
            Assert.Equal(1 + BitConverter.ToInt64(data.Test.Label.Item(i)), data.Test.Features[0].Item(i)[^1]);
        }
    }

    [Fact]
    public void The_fingerprint_follows_names_and_contents_and_not_the_place()
    {
        var photos = Photos.CatsAndDogs(3);
        var first = Fingerprint(photos.WriteFolder(_folder.File("a")));
        Assert.Equal(first, Fingerprint(photos.WriteFolder(_folder.File("b"))));
        File.WriteAllBytes(_folder.File("b/cat/.hidden"), [1]);
        Assert.Equal(first, Fingerprint(_folder.File("b")));
        File.WriteAllBytes(_folder.File("b/cat/00.png"), Photos.Plain(77, 0, 0));
        var changed = Fingerprint(_folder.File("b"));
        File.Move(_folder.File("a/cat/00.png"), _folder.File("a/dog/99.png"));
        Assert.Equal(3, new[] { first, changed, Fingerprint(_folder.File("a")) }.Distinct().Count());
        Assert.Null(DatasetSources.Fingerprint(new DataOptions { Dataset = "mnist" }));
        Assert.Equal(DatasetSources.Deciding(Options("a")), DatasetSources.Deciding(Options("b")));
    }

    [Fact]
    public void Nothing_at_the_path_is_told_with_what_to_set() =>
        Assert.Contains("set data.imageFolder.path", Assert.Throws<DatasetSourceException>(() => Build(_folder.File("none"))).Message, StringComparison.Ordinal);

    [Fact]
    public void A_cancelled_build_stops()
    {
        var path = Photos.CatsAndDogs(3).WriteFolder(_folder.File("photos"));
        using var cancelled = new CancellationTokenSource();
        cancelled.Cancel();
        Assert.ThrowsAny<OperationCanceledException>(() => DatasetSources.Fingerprint(Options(path), cancelled.Token));
        Assert.ThrowsAny<OperationCanceledException>(() => DatasetBuilder.Build(Options(path), 1, new SourceOptions(), _folder.File("out"), cancellationToken: cancelled.Token));
    }

    [Fact]
    public void Options_are_needed_for_an_image_folder_and_for_nothing_else()
    {
        Assert.Contains("imageFolder is missing", Assert.Single(new DataOptions { Dataset = "image-folder" }.Validate()), StringComparison.Ordinal);
        Assert.Contains("the dataset is 'mnist'", Assert.Single((Options("x") with { Dataset = "mnist" }).Validate()), StringComparison.Ordinal);
        var faults = string.Join("\n", new ImageFolderOptions { Path = " ", Size = "32", Channels = (ImageChannels)7, Fit = (ImageFit)7, Test = 1 }.Validate());
        foreach (var expected in new[] { "path is empty", "size is '32'", "channels is 7", "fit is 7", "test is 1" }) Assert.Contains(expected, faults, StringComparison.Ordinal);
        foreach (var size in new[] { "0x3", "3x", "x3", "-1x2", "3x3x3", "10000x2", " 3x3", "3X3" }) Assert.Single(new ImageFolderOptions { Path = "x", Size = size }.Validate());
    }

    private static DataOptions Options(string path) => new() { Dataset = "image-folder", Validation = 0.25, ImageFolder = new ImageFolderOptions { Path = path } };

    private static string? Fingerprint(string path) => DatasetSources.Fingerprint(Options(path));

    private Dataset Build(Photos photos) => Build(photos.WriteFolder(_folder.File("photos")));

    private Dataset Build(string path, Func<ImageFolderOptions, ImageFolderOptions>? change = null, ulong seed = 1, string output = "out", Func<DataOptions, DataOptions>? data = null)
    {
        var options = Options(path);
        options = options with { ImageFolder = change?.Invoke(options.ImageFolder!) ?? options.ImageFolder };
        DatasetBuilder.Build(data?.Invoke(options) ?? options, seed, new SourceOptions(), _folder.File(output));
        return Dataset.Open(_folder.File(output));
    }

    private string Fault(string path, Func<ImageFolderOptions, ImageFolderOptions>? change = null) => Assert.Throws<DatasetFormatException>(() => Build(path, change).Dispose()).Message;
}
