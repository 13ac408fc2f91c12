// Its search runs in a worker made from a blob, which the page's policy does not allow: the menu and Ctrl+F remain.
Redoc.init("/openapi.json", {
  disableSearch: true,
  hideDownloadButton: true,
  scrollYOffset: 48,
  theme: {
    colors: { primary: { main: "#0f6674" } },
    typography: { fontFamily: "system-ui, sans-serif", headings: { fontFamily: "system-ui, sans-serif" } },
    rightPanel: { backgroundColor: "#12242b" },
  },
}, document.getElementById("redoc"));
