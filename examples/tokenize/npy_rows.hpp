/// Writes an .npy file row by row, so that tokens of any number of cells need the memory of one batch.
#pragma once
#include <bit>
#include <cstdint>
#include <fstream>
#include <span>
#include <stdexcept>
#include <string>
#include <type_traits>

template <class T>
class npy_rows {
 public:
  /// columns 0: an array with one axis, [rows]
  npy_rows(const std::string& path, std::int64_t rows, std::int64_t columns) : file_(path, std::ios::binary) {
    static_assert(std::endian::native == std::endian::little);
    const char kind = std::is_floating_point_v<T> ? 'f' : std::is_unsigned_v<T> ? 'u' : 'i';
    std::string header = std::string("{'descr': '") + (sizeof(T) == 1 ? '|' : '<') + kind + std::to_string(sizeof(T)) +
                         "', 'fortran_order': False, 'shape': (" + std::to_string(rows) + "," +
                         (columns > 0 ? " " + std::to_string(columns) : "") + "), }";
    header.resize((header.size() + 10) / 64 * 64 + 64 - 11, ' ');
    header += '\n';
    file_.write("\x93NUMPY\x01\x00", 8);
    file_.put(static_cast<char>(header.size() & 0xFF));
    file_.put(static_cast<char>(header.size() >> 8));
    file_ << header;
  }
  void add(std::span<const T> rows) {
    file_.write(reinterpret_cast<const char*>(rows.data()), static_cast<std::streamsize>(rows.size_bytes()));
  }
  void close() {
    file_.close();
    if (!file_) throw std::runtime_error("it cannot be written, or the disk is full");
  }

 private:
  std::ofstream file_;
};
