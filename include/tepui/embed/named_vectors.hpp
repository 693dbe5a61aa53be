#pragma once
/// Vectors that somebody else computed for genes, with the genes' names: gene2vec, protein models, texts about genes.

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <unordered_set>
#include <utility>
#include <vector>

#include <tepui/flow/error.hpp>
#include <tepui/flow/index.hpp>
#include <tepui/kernel/rng.hpp>

namespace tepui::embed {

/// Named vectors. Copies share their memory; nothing changes once it is made.
/// in     names [vectors]: Ensembl ids or symbols; values [vectors, dims]; source: the file, for messages and reports
/// errors bad_data: no vectors, sizes that do not fit, a name that stands twice, a number that is not finite
class named_vectors {
 public:
  named_vectors() = default;
  named_vectors(std::vector<std::string> names, std::int64_t dims, std::vector<float> values, std::string source = "")
      : held_(std::make_shared<const held>(held{std::move(names), dims, std::move(values), std::move(source)})) {
    const auto where = [&] { return "the gene vectors" + (held_->source.empty() ? "" : " of " + held_->source); };
    if (held_->name.empty() || dims < 1 || isize(held_->value.size()) != isize(held_->name.size()) * dims)
      throw bad_data(where() + " have " + std::to_string(held_->name.size()) + " names, " + std::to_string(dims) +
                     " dims and " + std::to_string(held_->value.size()) +
                     " numbers; give names times dims numbers, and at least one of each");
    std::unordered_set<std::string_view> seen;
    for (const std::string& name : held_->name)
      if (!seen.insert(name).second) throw bad_data(where() + " have two vectors for '" + name + "'; keep one of them");
    for (std::size_t i = 0; i < held_->value.size(); ++i)
      if (!std::isfinite(held_->value[i]))
        throw bad_data(where() + " hold a number that is not finite, for '" + held_->name[i / usize(dims)] + "' in dim " +
                       std::to_string(isize(i) % dims) + "; take that gene out");
  }

  [[nodiscard]] std::int64_t size() const { return held_ ? isize(held_->name.size()) : 0; }
  [[nodiscard]] std::int64_t dims() const { return held_ ? held_->dims : 0; }
  [[nodiscard]] std::span<const std::string> names() const {
    return held_ ? std::span(held_->name) : std::span<const std::string>();
  }
  [[nodiscard]] std::string source() const { return held_ ? held_->source : ""; }
  /// -> [vectors, dims]
  [[nodiscard]] std::span<const float> values() const { return held_ ? std::span(held_->value) : std::span<const float>(); }
  /// -> [dims]
  [[nodiscard]] std::span<const float> row(std::int64_t r) const { return values().subspan(usize(r * dims()), usize(dims())); }

  /// "gene2vec, 24447 x 200, 1a2b3c4d": equal for equal names and numbers only. cost  reads everything once
  [[nodiscard]] std::string describe() const {
    std::uint64_t h = static_cast<std::uint64_t>(dims());
    for (const std::string& name : names()) h = kernel::mix64(h ^ kernel::hash_text(name));
    for (const float v : values()) h = kernel::mix64(h ^ std::bit_cast<std::uint32_t>(v));
    constexpr const char* digits = "0123456789abcdef";
    std::string mark;
    for (int shift = 60; shift >= 32; shift -= 4) mark += digits[(h >> shift) & 15];
    return (source().empty() ? "" : source() + ", ") + std::to_string(size()) + " x " + std::to_string(dims()) + ", " + mark;
  }

 private:
  struct held {
    std::vector<std::string> name;
    std::int64_t dims = 0;
    std::vector<float> value;
    std::string source;
  };
  std::shared_ptr<const held> held_;
};

/// The first dims of every vector.
/// errors bad_option: dims < 1, or more than there are
[[nodiscard]] inline named_vectors truncated(const named_vectors& from, std::int64_t dims) {
  if (dims < 1 || dims > from.dims())
    throw bad_option("gene vectors with " + std::to_string(from.dims()) + " dims cannot be cut to " + std::to_string(dims) +
                     "; ask for 1 to " + std::to_string(from.dims()));
  std::vector<float> values;
  values.reserve(usize(from.size() * dims));
  for (std::int64_t r = 0; r < from.size(); ++r) {
    const auto row = from.row(r).first(usize(dims));
    values.insert(values.end(), row.begin(), row.end());
  }
  return {{from.names().begin(), from.names().end()},
          dims,
          std::move(values),
          from.source() + " (first " + std::to_string(dims) + " dims)"};
}

}  // namespace tepui::embed
