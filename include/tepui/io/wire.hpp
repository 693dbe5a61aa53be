#pragma once
/// Sends tables and matrices through a pipe, from the process that reads a file to the one that asked for it.

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <map>
#include <optional>
#include <string>
#include <tuple>
#include <type_traits>
#include <utility>
#include <variant>
#include <vector>

#include <tepui/flow/dataset.hpp>
#include <tepui/flow/error.hpp>
#include <tepui/flow/matrix.hpp>
#include <tepui/flow/named_arrays.hpp>

namespace tepui::io::wire {

/// A struct travels as its members, in order. Its author names them with an overload of `members` beside the struct.
inline auto members(categorical& c) { return std::tie(c.code, c.category, c.ordered); }
inline auto members(table& t) { return std::tie(t.index, t.columns); }
inline auto members(gene_table& g) { return std::tie(g.id, g.symbol); }
inline auto members(named_arrays& a) { return std::tie(a.all); }
template <class Scale, class Value>
auto members(counts<Scale, Value>& x) {
  return std::tie(x.n_genes, x.row_begin, x.row_end, x.gene, x.value, x.cell_id, x.total);
}
template <class Scale>
auto members(dataset<Scale>& d) {
  return std::tie(d.x, d.obs, d.genes, d.source);
}
template <class Meaning>
auto members(matrix_batch<Meaning>& m) {
  return std::tie(m.n_columns, m.value, m.cell_id);
}

template <class T>
concept plain = std::is_arithmetic_v<T> || std::is_enum_v<T>;

/// One function for both directions, so that they cannot disagree. Stream has `bytes(void*, size)`, `allow(n, size)` and
/// `reads`. errors  what the stream throws: bad_data where a size is larger than the budget
template <class Stream, plain T>
void pass(Stream& s, T& x) {
  if constexpr (std::is_same_v<T, bool>) {  // a byte other than 0 and 1 is no bool
    std::uint8_t byte = x ? 1 : 0;
    s.bytes(&byte, 1);
    x = byte != 0;
  } else {
    s.bytes(&x, sizeof x);
  }
}
template <class Stream>
void pass(Stream& s, std::string& x);
template <class Stream, class T, class A>
void pass(Stream& s, std::vector<T, A>& v);
template <class Stream, class T>
void pass(Stream& s, std::optional<T>& x);
template <class Stream, class A, class B>
void pass(Stream& s, std::pair<A, B>& x);
template <class Stream, class K, class V>
void pass(Stream& s, std::map<K, V>& x);
template <class Stream, class... T>
void pass(Stream& s, std::variant<T...>& x);
template <class Stream, class T>
  requires requires(T& t) { members(t); }
void pass(Stream& s, T& x) {
  std::apply([&](auto&... member) { (pass(s, member), ...); }, members(x));
}

template <class Stream>
void pass(Stream& s, std::string& x) {
  std::uint64_t n = x.size();
  pass(s, n);
  if constexpr (Stream::reads) {
    s.allow(n, 1);
    x.resize(static_cast<std::size_t>(n));
  }
  s.bytes(x.data(), x.size());
}
template <class Stream, class T, class A>
void pass(Stream& s, std::vector<T, A>& v) {
  std::uint64_t n = v.size();
  pass(s, n);
  if constexpr (Stream::reads) {
    s.allow(n, sizeof(T));
    v.resize(static_cast<std::size_t>(n));
  }
  if constexpr (plain<T> && !std::is_same_v<T, bool>) {
    s.bytes(v.data(), v.size() * sizeof(T));
  } else {
    for (auto& x : v) pass(s, x);
  }
}
template <class Stream, class T>
void pass(Stream& s, std::optional<T>& x) {
  bool there = x.has_value();
  pass(s, there);
  if constexpr (Stream::reads) {
    if (there) x.emplace();
  }
  if (there) pass(s, *x);
}
template <class Stream, class A, class B>
void pass(Stream& s, std::pair<A, B>& x) {
  pass(s, x.first);
  pass(s, x.second);
}
template <class Stream, class K, class V>
void pass(Stream& s, std::map<K, V>& x) {
  std::vector<std::pair<K, V>> pairs(x.begin(), x.end());
  pass(s, pairs);
  if constexpr (Stream::reads) x = std::map<K, V>(pairs.begin(), pairs.end());
}
template <class Stream, class... T>
void pass(Stream& s, std::variant<T...>& x) {
  std::uint8_t which = static_cast<std::uint8_t>(x.index());
  pass(s, which);
  if constexpr (Stream::reads) {
    if (which >= sizeof...(T))
      throw bad_data("a reading process sent a kind of column that does not exist; read the file again");
    std::uint8_t i = 0;
    ((i++ == which ? (x.template emplace<T>(), void()) : void()), ...);
  }
  std::visit([&](auto& held) { pass(s, held); }, x);
}

}  // namespace tepui::io::wire
