import '../../support/overHttp2';
import '../thrown.test';
