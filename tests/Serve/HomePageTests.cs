using Microsoft.Playwright;
using Unreel.Serve.Models;
using Unreel.Testing;
using Unreel.Testing.Models;
using static Microsoft.Playwright.Assertions;

namespace Unreel.Serve.Tests;

/// <summary>What a person sees who drops a video.</summary>
public sealed class HomePageTests(Chromium browser) : IClassFixture<Chromium>
{
    private const string Key = "0123456789abcdef0123456789abcdef";

    [ChromiumFact]
    public async Task Dropping_a_video_shows_the_clip_its_label_and_when_it_happens()
    {
        await using TestHost host = await TestHost.StartAsync();
        List<string> complaints = [];
        IPage page = await browser.OpenAsync(host.Address, complaints);

        await DropAsync(page, "walk.mp4", TestVideos.Bytes(frames: 48));

        await Expect(page.Locator("#facts")).ToContainTextAsync("48 frames");
        string label = await page.Locator("#label").InnerTextAsync();
        Assert.Contains(label, TinyModel.Labels);
        Assert.Equal(label, await page.Locator("#bars li span").First.InnerTextAsync());
        Assert.Equal(5, await page.Locator("#bars li").CountAsync());
        await Expect(page.Locator("#timeline")).ToHaveAttributeAsync("aria-valuemax", "5");
        await Expect(page.Locator("#legend li").First).ToBeVisibleAsync();
        await UntilAsync(page, "document.getElementById('clip').readyState >= 2");
        Assert.StartsWith("blob:", await page.Locator("#clip").EvaluateAsync<string>("clip => clip.currentSrc"), StringComparison.Ordinal);
        Assert.True(await HasColourAsync(page));
        Assert.Empty(complaints);
    }

    [ChromiumFact]
    public async Task The_timeline_tells_what_a_window_is_and_leads_there()
    {
        await using TestHost host = await TestHost.StartAsync();
        IPage page = await browser.OpenAsync(host.Address);
        await DropAsync(page, "walk.mp4", TestVideos.Bytes(frames: 48));
        await Expect(page.Locator("#facts")).ToContainTextAsync("6 windows");
        await UntilAsync(page, "document.getElementById('clip').readyState >= 2");
        await page.Locator("#clip").EvaluateAsync("clip => clip.pause()");

        await page.Locator("#timeline").HoverAsync();
        await Expect(page.Locator("#tip")).ToContainTextAsync("%");
        await page.Locator("#timeline").PressAsync("End");
        await Expect(page.Locator("#timeline")).ToHaveAttributeAsync("aria-valuenow", "5");
        await UntilAsync(page, "Math.abs(document.getElementById('clip').currentTime - 40 / 12) < .05");
        await page.Locator("#timeline").PressAsync("ArrowLeft");
        await Expect(page.Locator("#timeline")).ToHaveAttributeAsync("aria-valuenow", "4");

        LocatorBoundingBoxResult box = (await page.Locator("#timeline").BoundingBoxAsync())!;
        await page.Locator("#timeline").ClickAsync(new LocatorClickOptions { Position = new Position { X = box.Width / 2, Y = 10 } });
        await UntilAsync(page, "Math.abs(document.getElementById('clip').currentTime - 2) < .1");
    }

    [ChromiumFact(NeedsSharedData = true)]
    public async Task A_format_that_the_browser_cannot_play_is_said_and_answered()
    {
        await using TestHost host = await TestHost.StartAsync();
        IPage page = await browser.OpenAsync(host.Address);
        await Expect(page.Locator("#model option").First).ToBeAttachedAsync();

        await page.Locator("#pick").SetInputFilesAsync(SharedData.File("clips", "v_ApplyEyeMakeup_g01_c01.avi"));

        await Expect(page.Locator("#facts")).ToContainTextAsync("164 frames");
        await Expect(page.Locator("#name")).ToContainTextAsync("cannot play");
        await Expect(page.Locator("#clip")).ToBeHiddenAsync();
        Assert.Contains(await page.Locator("#label").InnerTextAsync(), TinyModel.Labels);
    }

    [ChromiumFact]
    public async Task A_file_that_is_no_video_is_said_to_be_none()
    {
        await using TestHost host = await TestHost.StartAsync();
        IPage page = await browser.OpenAsync(host.Address);

        await DropAsync(page, "notes.mp4", "no video at all"u8.ToArray());

        await Expect(page.Locator("#note.error")).ToContainTextAsync("is not a video");
        await Expect(page.Locator("#result")).ToBeHiddenAsync();
    }

    [ChromiumFact]
    public async Task Another_model_and_fewer_labels_can_be_chosen_with_the_keyboard()
    {
        using TemporaryFolder folder = new();
        ModelChoice other = ModelChoice.Parse($"other={TinyModel.Write(folder.File("other"), seed: 8)}");
        await using TestHost host = await TestHost.StartAsync(options => options with { Models = [.. options.Models, other] });
        IPage page = await browser.OpenAsync(host.Address);
        await Expect(page.Locator("#model option")).ToHaveCountAsync(2);

        await page.Locator("#top").FillAsync("2");
        await page.Locator("#model").SelectOptionAsync("other");
        await DropAsync(page, "walk.mp4", TestVideos.Bytes());

        await Expect(page.Locator("#facts")).ToContainTextAsync("classified");
        Assert.Equal(2, await page.Locator("#bars li").CountAsync());
        Task<IFileChooser> chooser = page.WaitForFileChooserAsync();
        await page.Locator("#drop").PressAsync("Enter");
        await chooser;
    }

    [ChromiumFact]
    public async Task Where_keys_are_demanded_one_is_asked_for_and_kept_nowhere()
    {
        await using TestHost host = await TestHost.StartAsync(options => options with { Keys = [Key] });
        IPage page = await browser.OpenAsync(host.Address);
        await Expect(page.Locator("#key")).ToBeVisibleAsync();

        await page.Locator("#key").FillAsync(Key);
        await page.Locator("#key").PressAsync("Enter");
        await Expect(page.Locator("#model option")).ToHaveCountAsync(1);
        await DropAsync(page, "walk.mp4", TestVideos.Bytes());

        await Expect(page.Locator("#facts")).ToContainTextAsync("classified");
        Assert.Equal(0, await page.EvaluateAsync<int>("localStorage.length + sessionStorage.length + document.cookie.length"));
    }

    [Fact]
    public async Task The_page_takes_nothing_from_elsewhere_and_runs_no_script_but_its_own()
    {
        await using TestHost host = await TestHost.StartAsync();

        Answer page = await host.GetAsync("/");

        Assert.Contains("script-src 'nonce-", page.Header("Content-Security-Policy"), StringComparison.Ordinal);
        Assert.DoesNotContain(" src=\"", page.Text, StringComparison.Ordinal);
        Assert.DoesNotContain("style=\"", page.Text, StringComparison.Ordinal);
        Assert.DoesNotMatch("\\son[a-z]+=\"", page.Text);
    }

    private static async Task DropAsync(IPage page, string name, byte[] bytes)
    {
        await Expect(page.Locator("#model option").First).ToBeAttachedAsync();
        IJSHandle data = await page.EvaluateHandleAsync(
            """
            ([name, text]) => {
              const data = new DataTransfer();
              data.items.add(new File([Uint8Array.from(atob(text), c => c.charCodeAt(0))], name, { type: 'video/mp4' }));
              return data;
            }
            """,
            new[] { name, Convert.ToBase64String(bytes) });
        await page.DispatchEventAsync("#drop", "drop", new { dataTransfer = data });
    }

    // The page's policy forbids what the driver's own waiting would need.
    private static async Task UntilAsync(IPage page, string condition)
    {
        using CancellationTokenSource tooLong = new(TimeSpan.FromSeconds(60));
        while (!await page.EvaluateAsync<bool>(condition))
            await Task.Delay(20, tooLong.Token);
    }

    private static Task<bool> HasColourAsync(IPage page) => page.EvaluateAsync<bool>(
        "(() => { const c = document.getElementById('timeline'); return c.getContext('2d').getImageData(0, 0, c.width, c.height).data.some(v => v > 0); })()");
}
