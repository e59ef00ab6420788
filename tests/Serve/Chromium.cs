using Microsoft.Playwright;
using Unreel.Testing;
using static Microsoft.Playwright.Assertions;

namespace Unreel.Serve.Tests;

/// <summary>The system's Chromium, driven as a person would; one for all tests of a class.</summary>
public sealed class Chromium : IAsyncLifetime
{
    private IPlaywright? _playwright;
    private IBrowser? _browser;

    /// <summary>Where it is; UNREEL_CHROMIUM says it where Debian's place is not the place.</summary>
    public static string Program { get; } = Environment.GetEnvironmentVariable("UNREEL_CHROMIUM") ?? "/usr/bin/chromium";

    /// <summary>Why it cannot be driven; null where it can.</summary>
    public static string? Missing { get; } = File.Exists(Program) ? null : $"needs Chromium, which is not at {Program} (apt-get install chromium, or set UNREEL_CHROMIUM)";

    public async Task InitializeAsync()
    {
        if (Missing is not null)
            return;

        _playwright = await Playwright.CreateAsync();
        // The sandbox does not start for root, nor in most containers; the pages are our own.
        _browser = await _playwright.Chromium.LaunchAsync(new BrowserTypeLaunchOptions { ExecutablePath = Program, Args = ["--no-sandbox", "--disable-gpu"], Timeout = 120_000 });
    }

    public async Task DisposeAsync()
    {
        if (_browser is not null)
            await _browser.DisposeAsync();
        _playwright?.Dispose();
    }

    /// <summary>Opens a page of its own; what its console complains of ends up in <paramref name="complaints"/>.</summary>
    public async Task<IPage> OpenAsync(Uri address, List<string>? complaints = null)
    {
        SetDefaultExpectTimeout(60_000);
        IPage page = await _browser!.NewPageAsync();
        page.SetDefaultTimeout(60_000);
        page.PageError += (_, error) => complaints?.Add(error);
        page.Console += (_, message) =>
        {
            if (message.Type == "error")
                complaints?.Add(message.Text);
        };
        await page.GotoAsync(address.ToString());
        return page;
    }
}

/// <summary>A fact that needs Chromium, and is skipped, saying so, without it.</summary>
public sealed class ChromiumFactAttribute : FactAttribute
{
    public ChromiumFactAttribute() => Skip = Chromium.Missing;

    /// <summary>Whether it needs the shared data too.</summary>
    public bool NeedsSharedData
    {
        get;
        set
        {
            field = value;
            Skip ??= value ? SharedData.Missing : null;
        }
    }
}
