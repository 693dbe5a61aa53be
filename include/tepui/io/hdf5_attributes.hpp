#pragma once
/// Reads the small notes that HDF5 keeps beside its groups and arrays: encodings, shapes, column order.

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include <tepui/io/hdf5_read.hpp>

namespace tepui::io::hdf5 {

/// An open attribute whose size has passed the guards.
class attribute {
 public:
  /// errors  bad_data where it cannot be opened or holds more than 100,000 values
  attribute(const source& from, const std::string& path, const char* name)
      : from_(&from),
        where_(path + "@" + name),
        object_(from.open(path)),
        id_(H5Aopen(object_.get(), name, H5P_DEFAULT), H5Aclose) {
    if (!id_) fail("it cannot be opened" + cause());
    type_ = handle(H5Aget_type(id_.get()), H5Tclose);
    const handle space(H5Aget_space(id_.get()), H5Sclose);
    if (!type_ || !space) fail("its description cannot be read" + cause());
    element_ = element_of(type_.get());
    const hssize_t n = H5Sget_simple_extent_type(space.get()) == H5S_NULL ? 0 : H5Sget_simple_extent_npoints(space.get());
    if (n < 0 || n > 100'000 || element_.bytes > longest_text ||
        times(static_cast<std::uint64_t>(n), element_.bytes) > (std::uint64_t{64} << 20))
      fail("it holds " + std::to_string(n) + " values, which is too many");
    n_ = static_cast<std::size_t>(n);
  }
  [[nodiscard]] const element& holds() const { return element_; }
  [[nodiscard]] std::size_t size() const { return n_; }
  [[noreturn]] void fail(const std::string& what) const { from_->fail(where_, what + "; the file is damaged: get it again"); }

  [[nodiscard]] std::vector<std::string> texts() const {
    std::vector<std::string> out;
    if (n_ == 0) return out;
    if (!element_.text()) fail("it holds " + element_.in_words() + " where text is needed");
    if (element_.what == family::fixed_text) {
      std::vector<char> block(n_ * element_.bytes);
      if (H5Aread(id_.get(), type_.get(), block.data()) < 0) fail("it cannot be read" + cause());
      for (std::size_t i = 0; i < n_; ++i)
        out.push_back(fixed_text(block.data() + i * element_.bytes, element_.bytes, H5Tget_strpad(type_.get())));
    } else {
      const handle memory_type = free_text_type(type_.get());
      std::vector<char*> block(n_, nullptr);
      if (H5Aread(id_.get(), memory_type.get(), block.data()) < 0) fail("it cannot be read" + cause());
      for (const char* text : block) out.emplace_back(text == nullptr ? "" : text);
      for (char* text : block) H5free_memory(text);
    }
    for (const std::string& text : out)
      if (!is_utf8(text)) fail("it is no UTF-8 text");
    return out;
  }
  [[nodiscard]] std::vector<std::int64_t> whole_numbers() const {
    if (n_ == 0) return {};
    if (element_.what == family::real) {  // some writers keep a shape as float64
      std::vector<double> wide(n_);
      if (H5Aread(id_.get(), H5T_NATIVE_DOUBLE, wide.data()) < 0) fail("it cannot be read" + cause());
      std::vector<std::int64_t> out;
      for (const double v : wide) {
        if (!(v > -9e15 && v < 9e15) || v != static_cast<double>(static_cast<std::int64_t>(v)))
          fail("it holds " + shortest(v) + ", which is no whole number");
        out.push_back(static_cast<std::int64_t>(v));
      }
      return out;
    }
    if (!element_.whole_number()) fail("it holds " + element_.in_words() + " where whole numbers are needed");
    std::vector<std::int64_t> out(n_);
    if (H5Aread(id_.get(), H5T_NATIVE_INT64, out.data()) < 0) fail("it cannot be read" + cause());
    return out;
  }
  [[nodiscard]] bool truth() const {
    std::uint8_t value = 0;
    if (n_ != 1 || element_.bytes != 1 || (element_.what != family::boolean && !element_.whole_number()))
      fail("it should be one true/false value");
    if (H5Aread(id_.get(), type_.get(), &value) < 0 || value > 1) fail("it is neither true nor false" + cause());
    return value == 1;
  }

 private:
  const source* from_;
  std::string where_;
  handle object_, id_, type_;
  element element_;
  std::size_t n_ = 0;
};

inline bool has_attribute(const source& from, const std::string& path, const char* name) {
  return H5Aexists(from.open(path).get(), name) > 0;
}
/// An attribute's text, or nullopt where there is no such attribute. errors  bad_data where it is no single text
inline std::optional<std::string> text_attribute(const source& from, const std::string& path, const char* name) {
  if (!has_attribute(from, path, name)) return std::nullopt;
  const attribute a(from, path, name);
  std::vector<std::string> texts = a.texts();
  if (texts.size() != 1) a.fail("it should be one text");
  return std::move(texts[0]);
}

}  // namespace tepui::io::hdf5
