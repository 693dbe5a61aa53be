#pragma once
/// Reads whole text files, plain or gzip-compressed, and counts their lines for messages.

#include <libdeflate.h>
#include <sys/stat.h>

#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <memory>
#include <new>
#include <string>
#include <string_view>

#include <tepui/flow/index.hpp>
#include <tepui/io/read_options.hpp>

namespace tepui::io {

/// The bytes of a file, as they are.                   errors  bad_data where it is absent, no file, or larger than max_bytes
inline std::string file_bytes(const std::string& path, const read_options& options) {
  struct stat about{};
  const std::unique_ptr<std::FILE, int (*)(std::FILE*)> file(std::fopen(path.c_str(), "rb"), std::fclose);
  if (!file || ::fstat(::fileno(file.get()), &about) != 0)
    refuse(path, "", "it does not exist or may not be read; check the path");
  if (!S_ISREG(about.st_mode)) refuse(path, "", "it is no file but a folder or a device; name a file");
  if (about.st_size > options.max_bytes)
    refuse(path, "",
           "it has " + std::to_string(about.st_size) + " bytes, and max_bytes is " + std::to_string(options.max_bytes) +
               "; raise max_bytes");
  std::string bytes(static_cast<std::size_t>(about.st_size), '\0');
  if (std::fread(bytes.data(), 1, bytes.size(), file.get()) != bytes.size())
    refuse(path, "", "it cannot be read to its end; check the disk");
  return bytes;
}

[[nodiscard]] inline bool is_gzip(std::string_view bytes) {
  return bytes.size() > 2 && bytes[0] == '\x1f' && bytes[1] == '\x8b';
}

/// Unpacks gzip, also several members one after the other.
/// errors  bad_data where it is damaged, cut short, or larger than max_bytes unpacked (gzip packs at most 1032 times)
inline std::string unpack_gzip(std::string_view packed, const std::string& path, const read_options& options) {
  const std::unique_ptr<libdeflate_decompressor, void (*)(libdeflate_decompressor*)> unpacker(libdeflate_alloc_decompressor(),
                                                                                              libdeflate_free_decompressor);
  if (!unpacker) throw std::bad_alloc();
  std::string text;
  const std::size_t most = usize(options.max_bytes);
  while (!packed.empty()) {
    const std::size_t before = text.size();
    std::size_t room = std::max<std::size_t>(packed.size() * 5, 1 << 16);
    for (;;) {
      if (before + room > most) room = most - before;
      text.resize(before + room);
      std::size_t n_in = 0, n_out = 0;
      const libdeflate_result result = libdeflate_gzip_decompress_ex(unpacker.get(), packed.data(), packed.size(),
                                                                     text.data() + before, room, &n_in, &n_out);
      if (result == LIBDEFLATE_SUCCESS) {
        text.resize(before + n_out);
        packed.remove_prefix(n_in);
        break;
      }
      if (result != LIBDEFLATE_INSUFFICIENT_SPACE)
        refuse(path, "", "its gzip compression is damaged or cut short; get the file again");
      if (before + room >= most)
        refuse(path, "",
               "unpacked it has more than max_bytes (" + std::to_string(options.max_bytes) +
                   ") bytes; raise max_bytes if that is what you expect");
      room *= 3;
    }
    while (!packed.empty() && packed.front() == '\0') packed.remove_prefix(1);  // tape padding, which gzip tools ignore too
  }
  return text;
}

/// The text of a file, unpacked where it is gzip.
inline std::string file_text(const std::string& path, const read_options& options) {
  std::string bytes = file_bytes(path, options);
  return is_gzip(bytes) ? unpack_gzip(bytes, path, options) : bytes;
}

/// The lines of a text, numbered from 1, without their ends (LF or CRLF).
class lines_of {
 public:
  explicit lines_of(std::string_view text) : rest_(text) {}
  /// out  whether there was another line
  bool next(std::string_view& line) {
    if (rest_.empty()) return false;
    const std::size_t end = rest_.find('\n');
    line = rest_.substr(0, end);
    rest_.remove_prefix(end == std::string_view::npos ? rest_.size() : end + 1);
    if (!line.empty() && line.back() == '\r') line.remove_suffix(1);
    ++number_;
    return true;
  }
  [[nodiscard]] std::int64_t number() const { return number_; }
  [[nodiscard]] std::string where() const { return "line " + std::to_string(number_); }

 private:
  std::string_view rest_;
  std::int64_t number_ = 0;
};

/// The part before the next separator, which is taken off the line with it.
inline std::string_view take_field(std::string_view& line, char separator) {
  const std::size_t end = line.find(separator);
  const std::string_view field = line.substr(0, end);
  line.remove_prefix(end == std::string_view::npos ? line.size() : end + 1);
  return field;
}
/// The next word between blanks and tabs; empty where there is none.
inline std::string_view take_word(std::string_view& line) {
  const std::size_t begin = std::min(line.find_first_not_of(" \t"), line.size());
  line.remove_prefix(begin);
  const std::size_t end = std::min(line.find_first_of(" \t"), line.size());
  const std::string_view word = line.substr(0, end);
  line.remove_prefix(end);
  return word;
}

}  // namespace tepui::io
