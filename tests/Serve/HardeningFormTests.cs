using System.Globalization;
using System.Text;
using Unreel.Testing.Models;
using Unreel.Video;

namespace Unreel.Serve.Tests;

/// <summary>Forms that no proper client sends.</summary>
public sealed class HardeningFormTests
{
    private const string Head = "Content-Disposition: form-data; name=\"file\"; filename=\"a.mp4\"\r\n";
    private const string Type = "multipart/form-data; boundary=x";

    public static TheoryData<string, string> Malformed => new()
    {
        { $"--y\r\n{Head}\r\nbytes\r\n--y--\r\n", "form cannot be read" },
        { $"--x\r\n{Head}\r\nnever ends", "form cannot be read: it ends before its last boundary" },
        { $"--x\r\n{Head}", "form cannot be read" },
        { "--x\r\nno colon in it\r\n\r\nbytes\r\n--x--\r\n", "form cannot be read" },
        { $"--x\r\nX-Endless: {new string('a', 100_000)}", "form cannot be read" },
        { $"--x\r\n{Head}{string.Concat(Enumerable.Range(0, 100).Select(index => $"X-{index}: a\r\n"))}\r\nbytes\r\n--x--\r\n", "form cannot be read" },
        { new string('p', 100_000), "form cannot be read" },
        { "--x\r\nContent-Disposition: form-data; name=file\r\n\r\nbytes\r\n--x--\r\n", "is no file" },
        { "--x\r\nContent-Disposition: attachment\r\n\r\nbytes\r\n--x--\r\n", "is no file" },
        { $"--x\r\nContent-Disposition: form-data; name=\"{new string('n', 5000)}\"\r\n\r\nbytes\r\n--x--\r\n", "is no file" },
        { $"--x\r\nContent-Disposition: form-data; name=file; filename=\"{new string('n', 5000)}\"\r\n\r\nbytes\r\n--x--\r\n", "at most 255" },
        { $"--x\r\n{Head}\r\n\r\n--x--\r\n", "is empty" },
        { "--x--\r\n", "holds no file" },
        { "--x--\r\n--x--\r\n--x--\r\n", "holds no file" },
    };

    [Theory]
    [MemberData(nameof(Malformed))]
    public async Task A_malformed_form_is_a_bad_request(string form, string detail)
    {
        await using TestHost host = await TestHost.StartAsync();

        Answer answer = await host.SendAsync(HttpMethod.Post, "/v1/classify", Encoding.Latin1.GetBytes(form), Type);

        answer.AssertProblem(400, detail);
        Assert.True(answer.Text.Length < 2000, $"The answer gives back {answer.Text.Length} characters.");
    }

    [Theory]
    [InlineData("multipart/form-data; boundary=")]
    [InlineData("multipart/form-data; boundary=\"\"")]
    [InlineData("multipart/form-data; charset=utf-8")]
    public async Task A_form_without_boundary_is_a_bad_request(string type)
    {
        await using TestHost host = await TestHost.StartAsync();

        (await host.SendAsync(HttpMethod.Post, "/v1/classify", [1, 2, 3], type)).AssertProblem(400, "boundary");
        (await host.SendAsync(HttpMethod.Post, "/v1/classify", [1, 2, 3], $"multipart/form-data; boundary={new string('b', 201)}")).AssertProblem(400, "boundary");
    }

    [Fact]
    public async Task Thousands_of_parts_are_refused_before_they_are_read()
    {
        await using TestHost host = await TestHost.StartAsync(options => options with { MemoryThreshold = 0 });
        string form = string.Concat(Enumerable.Repeat($"--x\r\n{Head}\r\nb\r\n", 5000)) + "--x--\r\n";

        (await host.SendAsync(HttpMethod.Post, "/v1/classify", Encoding.ASCII.GetBytes(form), Type)).AssertProblem(400, "more than 16 files");
        Assert.Empty(Directory.EnumerateFileSystemEntries(host.Spool));
    }

    [Theory]
    [InlineData("filename=\"../../etc/passwd\"", "passwd")]
    [InlineData("filename=\"C:\\\\Windows\\\\x.mp4\"", "x.mp4")]
    [InlineData("filename=\"a.mp4\"; filename*=UTF-8''n%C3%A4chste.mp4", "nächste.mp4")]
    [InlineData("filename=\"<script>alert(1)</script>\"", "script>")]
    public async Task Names_of_files_are_names_and_no_paths(string disposition, string expected)
    {
        await using TestHost host = await TestHost.StartAsync();
        byte[] form = [.. Encoding.UTF8.GetBytes($"--x\r\nContent-Disposition: form-data; name=file; {disposition}\r\n\r\n"), .. TestVideos.Bytes(), .. "\r\n--x--\r\n"u8];

        Answer answer = await host.SendAsync(HttpMethod.Post, "/v1/classify", form, Type);

        Assert.Equal((200, expected), (answer.Status, (string)answer.Json["files"]![0]!["file"]!));
    }

    [Theory]
    [InlineData("filename*=UTF-8''%ff%fe%00")]
    [InlineData("filename*=nonsense''%zz")]
    [InlineData("filename=\"a\0b\"")]
    [InlineData("filename=\"\\\"; filename=\"")]
    public async Task Odd_names_of_files_fail_nothing(string disposition)
    {
        await using TestHost host = await TestHost.StartAsync();
        byte[] form = [.. Encoding.Latin1.GetBytes($"--x\r\nContent-Disposition: form-data; name=file; {disposition}\r\n\r\n"), .. TestVideos.Bytes(), .. "\r\n--x--\r\n"u8];

        Assert.InRange((await host.SendAsync(HttpMethod.Post, "/v1/classify", form, Type)).Status, 200, 499);
    }

    [Fact]
    public async Task Mutated_forms_get_an_answer_that_is_no_failure_of_ours()
    {
        await using TestHost host = await TestHost.StartAsync(options => options with { MemoryThreshold = 100 });
        byte[] form = [.. Encoding.ASCII.GetBytes($"--x\r\n{Head}\r\n"), .. TestVideos.Bytes(frames: 4), .. Encoding.ASCII.GetBytes($"\r\n--x\r\n{Head}Content-Type: video/mp4\r\n\r\nbytes\r\n--x--\r\n")];
        for (ulong mutation = 0; mutation < 300; mutation++)
        {
            byte[] mutated = Mutations.Of(form, "form", mutation);
            Answer answer = await host.SendAsync(HttpMethod.Post, "/v1/classify?top_k=1", mutated, Type);
            Assert.True(answer.Status < 500, string.Create(CultureInfo.InvariantCulture, $"mutation {mutation}: {answer.Status} {answer.Text}"));
        }

        Assert.Empty(Directory.EnumerateFileSystemEntries(host.Spool));
    }
}

/// <summary>Bytes that differ a little from good ones.</summary>
internal static class Mutations
{
    public static byte[] Of(byte[] good, string purpose, ulong number)
    {
        RandomStream random = new(9, purpose, number);
        List<byte> bytes = [.. good];
        for (int change = random.NextInt(1, 12); change > 0 && bytes.Count > 1; change--)
        {
            int at = random.NextInt(bytes.Count), length = random.NextInt(1, Math.Min(64, bytes.Count - at + 1));
            switch (random.NextInt(8))
            {
                case 0:
                    bytes.RemoveRange(at, length);
                    break;
                case 1:
                    bytes.InsertRange(at, bytes.GetRange(at, length));
                    break;
                case 2:
                    bytes[at] ^= (byte)(1 << random.NextInt(8));
                    break;
                default:
                    bytes[at] = (byte)random.NextInt(256);
                    break;
            }
        }

        return random.NextInt(5) == 0 ? [.. bytes[..random.NextInt(1, bytes.Count)]] : [.. bytes];
    }
}
