#include <doctest/doctest.h>
#include <rapidcheck.h>

#include <cmath>
#include <limits>
#include <string>

#include <tepui/study/svg.hpp>

namespace test_study_svg {
namespace {
using namespace tepui::study;

TEST_CASE("text from outside cannot become markup") {
  CHECK(html_text("<b a='1'>&\"") == "&lt;b a=&#39;1&#39;&gt;&amp;&quot;");
  CHECK(html_text("caf\u00E9 \u7D30 \U0001F9EC") == "caf\u00E9 \u7D30 \U0001F9EC");
  CHECK(rc::check([](const std::string& any) {
    const std::string out = html_text(any);
    RC_ASSERT(out.find_first_of("<>\"'") == std::string::npos);
  }));
}

TEST_CASE("bytes that are no characters become the mark for that") {
  const std::string unknown = "\xEF\xBF\xBD";
  CHECK(html_text("a\xFF") == "a" + unknown);
  CHECK(html_text("\xC3") == unknown);
  CHECK(html_text("\xC0\xAF") == unknown + unknown);                              // a slash written too long
  CHECK(html_text("\xED\xA0\x80") == unknown + unknown + unknown);                // half a surrogate pair
  CHECK(html_text("\xF4\x90\x80\x80") == unknown + unknown + unknown + unknown);  // beyond Unicode
  CHECK(html_text(std::string(1, '\0')) == unknown);
  CHECK(html_text("a\n\tb") == "a\n\tb");
}

TEST_CASE("a drawing is one element with a title and short coordinates") {
  svg_drawing draw(100, 50, "a & b");
  draw.line(0, 0.04, 10.26, 1, "stroke='#000'", "tip <1>").mark(2, 5, 5, 2, "fill='#000'").text(1, 2, "x < y");
  const std::string out = draw.finish();
  CHECK(out.starts_with("<svg xmlns='http://www.w3.org/2000/svg' role='img' viewBox='0 0 100 50' ><title>a &amp; b</title>"));
  CHECK(out.find("<line x1='0' y1='0' x2='10.3' y2='1' stroke='#000'><title>tip &lt;1&gt;</title></line>") !=
        std::string::npos);
  CHECK(out.find(">x &lt; y</text></svg>") != std::string::npos);
}

TEST_CASE("shades darken evenly and their text stays readable") {
  CHECK(heat_of(0).fill == "#f7fbff");
  CHECK(heat_of(1).fill == "#08306b");
  CHECK(heat_of(-3).fill == heat_of(0).fill);
  CHECK(heat_of(std::numeric_limits<double>::quiet_NaN()).fill == heat_of(0).fill);
  CHECK(heat_of(0).ink == "#111111");
  CHECK(heat_of(1).ink == "#ffffff");
  const auto light = [](const std::string& colour) {
    double sum = 0;
    for (std::size_t c = 0; c < 3; ++c) {
      const double v = std::stoi(colour.substr(1 + 2 * c, 2), nullptr, 16) / 255.0;
      sum += (c == 0 ? 0.2126 : c == 1 ? 0.7152 : 0.0722) * (v <= 0.04045 ? v / 12.92 : std::pow((v + 0.055) / 1.055, 2.4));
    }
    return sum;
  };
  for (int i = 0; i <= 100; ++i) {
    const heat_colour colour = heat_of(i / 100.0);
    const double a = light(colour.fill), b = light(colour.ink);
    CHECK((std::max(a, b) + 0.05) / (std::min(a, b) + 0.05) >= 4.0);  // contrast as WCAG 2 defines it
    if (i > 0) CHECK(a <= light(heat_of((i - 1) / 100.0).fill) + 1e-9);
  }
}

}  // namespace
}  // namespace test_study_svg
