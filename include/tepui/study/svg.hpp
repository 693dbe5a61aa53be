#pragma once
/// A small writer of drawings and pages: shapes, texts and colours, with everything from outside made harmless.

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <tepui/study/words.hpp>

namespace tepui::study {

/// Text for a page or an attribute: markup becomes text; control characters and bytes that are not UTF-8 become U+FFFD.
[[nodiscard]] inline std::string html_text(std::string_view text) {
  std::string out;
  constexpr std::string_view unknown = "\xEF\xBF\xBD";
  for (std::size_t i = 0; i < text.size();) {
    const auto lead = static_cast<unsigned char>(text[i]);
    if (lead < 0x80) {
      switch (lead) {
        case '&':
          out += "&amp;";
          break;
        case '<':
          out += "&lt;";
          break;
        case '>':
          out += "&gt;";
          break;
        case '"':
          out += "&quot;";
          break;
        case '\'':
          out += "&#39;";
          break;
        default:
          if (lead < 0x20 && lead != '\n' && lead != '\t')
            out += unknown;
          else
            out += text[i];
      }
      ++i;
      continue;
    }
    const std::size_t size = lead >= 0xC2 && lead < 0xE0   ? 2
                             : lead >= 0xE0 && lead < 0xF0 ? 3
                             : lead >= 0xF0 && lead < 0xF5 ? 4
                                                           : 0;
    std::uint32_t code = size == 2 ? lead & 0x1FU : size == 3 ? lead & 0x0FU : lead & 0x07U;
    bool good = size != 0 && i + size <= text.size();
    for (std::size_t k = 1; good && k < size; ++k) {
      const auto next = static_cast<unsigned char>(text[i + k]);
      good = (next & 0xC0U) == 0x80U;
      code = (code << 6) | (next & 0x3FU);
    }
    // Longer forms than needed, surrogates and what lies beyond Unicode are no characters.
    good = good && !(size == 3 && (code < 0x800 || (code >= 0xD800 && code < 0xE000))) &&
           !(size == 4 && (code < 0x10000 || code > 0x10FFFF));
    out += good ? text.substr(i, size) : unknown;
    i += good ? size : 1;
  }
  return out;
}

/// Colours that readers with any colour vision can tell apart. source  Okabe and Ito 2008, the yellow left out
inline constexpr std::array<const char*, 7> line_colours = {"#0072B2", "#D55E00", "#009E73", "#CC79A7",
                                                            "#E69F00", "#56B4E9", "#000000"};

/// A drawing under construction; coordinates in pixels of the view box, y downwards.
class svg_drawing {
 public:
  svg_drawing(double width, double height, std::string_view title) : width_(width), height_(height) {
    body_ = "<title>" + html_text(title) + "</title>";
  }
  /// Places a shape with a tooltip; `attributes` is markup.
  svg_drawing& shape(std::string_view element, std::string_view attributes, std::string_view tip = {}) {
    body_.append("<").append(element).append(" ").append(attributes);
    if (tip.empty())
      body_ += "/>";
    else
      body_.append("><title>").append(html_text(tip)).append("</title></").append(element).append(">");
    return *this;
  }
  svg_drawing& line(double x1, double y1, double x2, double y2, std::string_view attributes, std::string_view tip = {}) {
    return shape("line",
                 "x1='" + at(x1) + "' y1='" + at(y1) + "' x2='" + at(x2) + "' y2='" + at(y2) + "' " + std::string(attributes),
                 tip);
  }
  svg_drawing& rect(double x, double y, double w, double h, std::string_view attributes, std::string_view tip = {}) {
    return shape("rect",
                 "x='" + at(x) + "' y='" + at(y) + "' width='" + at(w) + "' height='" + at(h) + "' " + std::string(attributes),
                 tip);
  }
  svg_drawing& path(const std::vector<std::pair<double, double>>& points, bool closed, std::string_view attributes,
                    std::string_view tip = {}) {
    std::string d;
    for (const auto& [x, y] : points) d += (d.empty() ? "M" : "L") + at(x) + " " + at(y);
    return shape("path", "d='" + d + (closed ? "Z" : "") + "' " + std::string(attributes), tip);
  }
  svg_drawing& text(double x, double y, std::string_view words, std::string_view attributes = {}) {
    body_ += "<text x='" + at(x) + "' y='" + at(y) + "' " + std::string(attributes) + ">" + html_text(words) + "</text>";
    return *this;
  }
  /// A filled mark whose form, like its colour, tells a line from its neighbours.
  svg_drawing& mark(std::size_t form, double x, double y, double r, std::string_view attributes, std::string_view tip = {}) {
    switch (form % 4) {
      case 0:
        return shape("circle", "cx='" + at(x) + "' cy='" + at(y) + "' r='" + at(r) + "' " + std::string(attributes), tip);
      case 1:
        return rect(x - 0.9 * r, y - 0.9 * r, 1.8 * r, 1.8 * r, attributes, tip);
      case 2:
        return path({{x, y - 1.2 * r}, {x + 1.1 * r, y + 0.8 * r}, {x - 1.1 * r, y + 0.8 * r}}, true, attributes, tip);
      default:
        return path({{x, y - 1.3 * r}, {x + 1.3 * r, y}, {x, y + 1.3 * r}, {x - 1.3 * r, y}}, true, attributes, tip);
    }
  }
  [[nodiscard]] std::string finish(std::string_view attributes = {}) const {
    return "<svg xmlns='http://www.w3.org/2000/svg' role='img' viewBox='0 0 " + at(width_) + " " + at(height_) + "' " +
           std::string(attributes) + ">" + body_ + "</svg>";
  }
  /// A coordinate: one decimal is a tenth of a pixel.
  [[nodiscard]] static std::string at(double v) {
    std::string out = fixed_text(v, 1);
    return out.ends_with(".0") ? out.substr(0, out.size() - 2) : out;
  }

 private:
  double width_, height_;
  std::string body_;
};

/// A fill for a share between 0 and 1, from near white to dark blue, and the colour of a text upon it.
struct heat_colour {
  std::string fill, ink;
};
[[nodiscard]] inline heat_colour heat_of(double share) {
  // Lightness falls evenly, so that the order also shows in grey. source  ColorBrewer, Blues
  constexpr double stops[5][3] = {{247, 251, 255}, {198, 219, 239}, {107, 174, 214}, {33, 113, 181}, {8, 48, 107}};
  const double place = std::clamp(std::isnan(share) ? 0.0 : share, 0.0, 1.0) * 4;
  const std::size_t below = std::min<std::size_t>(static_cast<std::size_t>(place), 3);
  std::string fill = "#";
  double light = 0;
  for (std::size_t c = 0; c < 3; ++c) {
    const double v = stops[below][c] + (stops[below + 1][c] - stops[below][c]) * (place - static_cast<double>(below));
    const auto byte = static_cast<unsigned>(std::lround(v));
    fill += {"0123456789abcdef"[byte / 16], "0123456789abcdef"[byte % 16]};
    const double linear = std::pow(v / 255, 2.2);
    light += linear * (c == 0 ? 0.2126 : c == 1 ? 0.7152 : 0.0722);
  }
  return {fill, light > 0.19 ? "#111111" : "#ffffff"};
}

}  // namespace tepui::study
