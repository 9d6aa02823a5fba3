import '../../support/overHttp2';
import '../rate.test';
