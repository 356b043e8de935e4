using OnnxPipeline.Pipeline.Store.Remote;

namespace OnnxPipeline.Pipeline.Tests.Store.Remote.S3;

public sealed class S3AddressTests : IDisposable
{
    private readonly TempFolder _folder = new();
    private readonly Dictionary<string, string> _environment = [];

    public S3AddressTests()
    {
        _environment["AWS_SHARED_CREDENTIALS_FILE"] = _folder.File("credentials");
        _environment["AWS_CONFIG_FILE"] = _folder.File("config");
    }

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("s3://models/team", "", "https://models.s3.us-east-1.amazonaws.com/team/runs/x%20y/run.json")]
    [InlineData("s3://models", "AWS_REGION=eu-west-3", "https://models.s3.eu-west-3.amazonaws.com/runs/x%20y/run.json")]
    [InlineData("s3://models?region=cn-north-1", "AWS_REGION=eu-west-3", "https://models.s3.cn-north-1.amazonaws.com.cn/runs/x%20y/run.json")]
    [InlineData("s3://my.models/a/b/", "", "https://s3.us-east-1.amazonaws.com/my.models/a/b/runs/x%20y/run.json")]
    [InlineData("s3://models/t", "AWS_ENDPOINT_URL=http://localhost:9000", "http://localhost:9000/models/t/runs/x%20y/run.json")]
    [InlineData("s3://models/t", "AWS_ENDPOINT_URL=http://localhost:9000 AWS_ENDPOINT_URL_S3=http://localhost:9001/s3/", "http://localhost:9001/s3/models/t/runs/x%20y/run.json")]
    [InlineData("s3://models/t?endpoint=https%3A%2F%2Fminio.example.org&style=virtual", "", "https://models.minio.example.org/t/runs/x%20y/run.json")]
    public void Objects_lie_where_the_bucket_its_region_and_its_endpoint_say(string address, string environment, string expected)
    {
        foreach (var pair in environment.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(p => p.Split('=', 2))) _environment[pair[0]] = pair[1];
        Assert.Equal(expected, Parse(address).Locate(RemoteLayout.Run("x y")).AbsoluteUri);
    }

    [Theory]
    [InlineData("s3:///prefix", "names no bucket")]
    [InlineData("s3://key:secret@models", "AWS_ACCESS_KEY_ID")]
    [InlineData("s3://models?regoin=x", "region")]
    [InlineData("s3://models?style=odd", "path (https://endpoint/bucket)")]
    [InlineData("s3://models?endpoint=minio", "'minio' of the remote is no address")]
    [InlineData("ftp://host/x", "'ftp'")]
    [InlineData("/mnt/store", "kind 'file'")]
    [InlineData("host/path", "Expected https://host/path")]
    [InlineData("https://ada:secret@host/x?sig=1", "query")]
    [InlineData("//ada:secret@host:port", "Expected https://host/path")]
    public void A_wrong_address_is_refused_with_what_is_right_and_without_its_password(string address, string expected)
    {
        var error = Assert.Throws<UsageException>(() => Parse(address));
        Assert.Contains(expected, error.Message);
        Assert.DoesNotContain("secret", error.Message);
    }

    [Fact]
    public void Keys_come_from_the_environment_then_from_the_profile()
    {
        File.WriteAllText(_folder.File("credentials"), """
            # two profiles
            [default]
            aws_access_key_id = DEFAULT
            aws_secret_access_key=x=y

            [work]
            aws_access_key_id = WORK
            aws_secret_access_key = z
            aws_session_token = t
            """);
        File.WriteAllText(_folder.File("config"), "[profile work]\nregion = eu-north-1\n");
        Assert.Contains("Credential=DEFAULT/", Authorization("s3://models"));
        _environment["AWS_PROFILE"] = "work";
        Assert.Matches("Credential=WORK/[0-9]{8}/eu-north-1/.*x-amz-security-token", Authorization("s3://models"));
        _environment["AWS_ACCESS_KEY_ID"] = "ENVIRONMENT";
        Assert.Contains("AWS_SECRET_ACCESS_KEY", Assert.Throws<UsageException>(() => Parse("s3://models")).Message);
        _environment["AWS_SECRET_ACCESS_KEY"] = "s";
        Assert.Contains("Credential=ENVIRONMENT/", Authorization("s3://models"));
    }

    [Fact]
    public void A_profile_without_keys_is_named_with_those_that_there_are()
    {
        File.WriteAllText(_folder.File("credentials"), "[one]\naws_access_key_id=a\n[two]\n");
        _environment["AWS_PROFILE"] = "three";
        var error = Assert.Throws<UsageException>(() => Parse("s3://models"));
        Assert.Contains("'three'", error.Message);
        Assert.Contains("one, two", error.Message);
        Assert.Contains("export-credentials", error.Message);
    }

    [Fact]
    public void Without_keys_requests_are_not_signed() => Assert.Equal("", Authorization("s3://models"));

    private string Authorization(string address)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "https://models.s3.amazonaws.com/x");
        Parse(address).Authorize(request, new string('0', 64));
        return request.Headers.TryGetValues("Authorization", out var values) ? values.Single() : "";
    }

    private IRemoteProtocol Parse(string address) => RemoteAddress.Parse(address, _environment.GetValueOrDefault, TimeProvider.System);
}
